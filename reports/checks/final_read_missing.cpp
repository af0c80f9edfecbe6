// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/measures/ledger.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    std::vector<std::string> kinds;
    for (Ledger const& ledger : ledgers_of(record))
        if (!ledger.complete && ledger.attempts > 0)
            kinds.push_back(format_count(ledger.acknowledged) + ' ' + ledger.kind);
    if (kinds.empty()) return {};
    return {{.about = Class::durability,
             .verdict = Verdict::inconclusive,
             .check = "final_read_missing",
             .sentence = fmt::format("nobody read everything back after the drill, so {} that were "
                                     "acknowledged may or may not be there",
                                     fmt::join(kinds, ", ")),
             .proof = {}}};
}

RegisterCheck const registered{{.name = "final_read_missing",
                                .summary = "all that was written was read back in the end",
                                .check = check}};

}  // namespace
}  // namespace interregnum
