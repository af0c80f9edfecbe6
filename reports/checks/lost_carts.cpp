// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers_of(record)) {
        if (ledger.kind != "carts" || ledger.lost.empty()) continue;
        auto const count = static_cast<std::int64_t>(ledger.lost.size());
        findings.push_back(
            {.about = Class::durability,
             .verdict = unless_forbidden(record, "carts.lost", count),
             .check = "lost_carts",
             .sentence =
                 fmt::format("{} of {} filled carts are not on {}, the Redis master",
                             format_count(count), format_count(ledger.acknowledged), ledger.source),
             .proof = describe_some(record, ledger.lost)});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "lost_carts",
     .summary = "filled carts are still in Redis (told only, unless carts.lost is limited)",
     .check = check}};

}  // namespace
}  // namespace interregnum
