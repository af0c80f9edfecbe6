// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    auto const ledgers = ledgers_of(record);
    std::int64_t total = 0;
    for (Ledger const& ledger : ledgers)
        if (is_sale(ledger.kind)) total += static_cast<std::int64_t>(ledger.ghosts.size());
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers) {
        if (!is_sale(ledger.kind) || ledger.ghosts.empty()) continue;
        findings.push_back(
            {.about = Class::durability,
             .verdict = unless_allowed(record, "ghost", total),
             .check = "ghost_orders",
             .sentence = fmt::format("{} {} that failed for certain are on {} all the same",
                                     ledger.ghosts.size(), ledger.kind, ledger.source),
             .proof = describe_some(record, ledger.ghosts)});
    }
    return findings;
}

RegisterCheck const registered{
    {.name = "ghost_orders",
     .summary = "no order or ticket is there whose customer was told that it failed",
     .check = check}};

}  // namespace
}  // namespace interregnum
