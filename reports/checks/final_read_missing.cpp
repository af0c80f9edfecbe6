// SPDX-License-Identifier: MIT
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/check.h"
#include "reports/measures/ledger.h"
#include "reports/measures/tasks.h"

namespace interregnum {
namespace {

/// Adds the tasks that customers put on the queue, which have no ledger, where these were not read
/// back. Workers' attempts have no token.
void add_tasks(record::Record const& record, std::vector<std::string>& kinds) {
    std::set<int> streams;
    for (auto const& stream : record.streams)
        if (stream.service == record::Service::task) streams.insert(stream.id);
    std::int64_t attempts = 0;
    std::int64_t acknowledged = 0;
    for (auto const& attempt : record.attempts) {
        if (attempt.token.empty() || !streams.contains(attempt.stream)) continue;
        ++attempts;
        acknowledged += attempt.outcome == record::Outcome::ok ? 1 : 0;
    }
    if (attempts > 0 && !task_book(record).complete)
        kinds.push_back(format_count(acknowledged) + " tasks");
}

std::vector<Finding> check(record::Record const& record) {
    std::vector<std::string> kinds;
    for (Ledger const& ledger : ledgers_of(record))
        if (!ledger.complete && ledger.attempts > 0)
            kinds.push_back(format_count(ledger.acknowledged) + ' ' + ledger.kind);
    add_tasks(record, kinds);
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
