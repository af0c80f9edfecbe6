// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

struct BankRules {
    std::optional<std::int64_t> total;  ///< not given: that of the first read
    bool negative{false};               ///< balances below 0 are allowed
};

/// Accounts between which money is moved; reads see all of them at once. In each `ok` read the sum
/// is the total, no account is missing, new or nil, and none is below 0. The accounts are those of
/// the first read.
struct BankAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::uint64_t reads{};
    std::uint64_t accounts{};
    std::int64_t total{};
    std::uint64_t wrong_total{};
    std::uint64_t unexpected_account{};
    std::uint64_t missing_account{};
    std::uint64_t nil_balance{};
    std::uint64_t negative{};
    std::int64_t lowest{};  ///< sum of any read
    std::int64_t highest{};
    std::vector<Found> found;
};

/// A balance that is no whole number is as wrong as nil.
[[nodiscard]] BankAnswer check_bank(History const& history, BankRules const& rules);

}  // namespace interregnum::checkers
