// SPDX-License-Identifier: MIT
#include "reports/lost_in_redis.h"

#include <map>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "reports/attempt_text.h"
#include "reports/expected.h"
#include "reports/measures/ledger.h"

namespace interregnum {

std::string what_wait_had_said(std::vector<record::Attempt> const& attempts) {
    std::map<std::int64_t, std::int64_t> by_replicas;
    for (auto const& attempt : attempts) ++by_replicas[attempt.replicas];
    auto const not_known = by_replicas.extract(-1);
    if (by_replicas.empty()) return {};
    std::string text;
    for (auto const& [replicas, count] : by_replicas)
        text += fmt::format("{}{}{} by {}", text.empty() ? "" : ", ", format_count(count),
                            text.empty() ? " had been confirmed" : "",
                            replicas == 0 ? "no replica" : plural(replicas, "replica"));
    if (!not_known.empty())
        text += fmt::format(", of {} it is not known", format_count(not_known.mapped()));
    return text;
}

std::vector<Finding> lost_in_redis(record::Record const& record, RedisLoss const& loss) {
    std::vector<Finding> findings;
    for (Ledger const& ledger : ledgers_of(record)) {
        if (ledger.kind != loss.kind || ledger.lost.empty()) continue;
        auto const count = static_cast<std::int64_t>(ledger.lost.size());
        std::string sentence =
            fmt::format("{} of {} {} are not on {}, the Redis master", format_count(count),
                        format_count(ledger.acknowledged), loss.rows, ledger.source);
        if (std::string const said = what_wait_had_said(ledger.lost); !said.empty())
            sentence += "; " + said;
        findings.push_back({.about = Class::durability,
                            .verdict = unless_forbidden(record, loss.measure, count),
                            .check = std::string(loss.check),
                            .sentence = sentence,
                            .proof = describe_some(record, ledger.lost)});
    }
    return findings;
}

}  // namespace interregnum
