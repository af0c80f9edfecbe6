// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/measure.h"

namespace interregnum {

/// What was sold against what there was.
struct QuotaBook {
    std::string name;  ///< "all quotas" for the ledger's line
    std::int64_t size{};
    std::int64_t sold{};
    /// True: counted from acknowledged purchases. A customer-visible oversell that the database
    /// hides when it lost the first sale.
    bool by_ledger{};
    [[nodiscard]] std::int64_t oversold() const { return sold > size ? sold - size : 0; }
};

/// Every quota as the final reads found it, and last the ledger's total against all of them, unless
/// some may be missing, of a controller that was killed as it wrote them. Empty without final
/// quotas.
[[nodiscard]] std::vector<QuotaBook> quota_books(Study const& study);

}  // namespace interregnum
