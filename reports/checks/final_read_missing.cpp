// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/check.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers_of(record)) {
        if (ledger.complete || ledger.attempts == 0) continue;
        findings.push_back(
            {.about = Class::durability,
             .verdict = Verdict::inconclusive,
             .check = "final_read_missing",
             .sentence = fmt::format("nobody read the {} back in full after the drill, so {} "
                                     "acknowledged ones may or may not be there",
                                     ledger.kind, ledger.acknowledged),
             .proof = {}});
    }
    return findings;
}

RegisterCheck const registered{{.name = "final_read_missing",
                                .summary = "all that was written was read back in the end",
                                .check = check}};

}  // namespace
}  // namespace interregnum
