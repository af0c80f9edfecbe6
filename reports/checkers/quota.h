// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// The reason that a failed `buy` gives when there was too little left.
inline constexpr std::string_view sold_out_reason = "sold out";

/// What became of things of which there are so many and no more, by key.
///
/// `buy` takes 1 (or as many as its value says, or as its `ok` says it got), `cancel` gives back,
/// `read` tells how many are sold. At no time may more be sold than the quota or less than none;
/// a purchase may be refused as sold out only if more than what was left may have been sold. Those
/// of unknown outcome may have happened, at any time since they began, or not.
///
/// For purchases and refunds of one each this is exact: it delays all that can wait, so that a
/// finding is one in every order (the oracle in the tests agrees). One of several is taken for as
/// many of one, and each read and each refusal is held by itself against what the others leave
/// possible: nothing right is rejected, but not all that is wrong is found.
struct QuotaAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::uint64_t keys{};
    std::uint64_t purchases{};  ///< acknowledged
    std::int64_t sold{};        ///< in them
    std::int64_t cancelled{};   ///< acknowledged
    std::int64_t uncertain{};   ///< in purchases of unknown outcome
    std::uint64_t reads{};
    std::int64_t oversold{};    ///< for certain, of all keys
    std::int64_t unsold{};      ///< given back though they cannot have been sold
    std::uint64_t refused{};    ///< as sold out, though there was enough left
    std::uint64_t miscounts{};  ///< reads of what is impossible
    std::vector<Found> found;
};

/// Each key has the same quota. Amounts are 1 to 10^9.
[[nodiscard]] QuotaAnswer check_quota(History const& history, std::int64_t quota);

}  // namespace interregnum::checkers
