// SPDX-License-Identifier: MIT
#include "harness/engine/safety.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"

namespace interregnum {

std::vector<std::string> objections(FaultPlan const& plan,
                                    std::vector<std::string> const& lost_already,
                                    ClusterView const& view, Limits const& limits) {
    std::vector<std::string> reasons;
    if (plan.hold > limits.longest_fault)
        reasons.push_back(fmt::format("it would be held for {} (\"longest_fault\" is {})",
                                      format_duration(plan.hold),
                                      format_duration(limits.longest_fault)));
    if (limits.allow_quorum_loss || plan.nodes_lost.empty()) return reasons;
    std::set<std::string> lost(lost_already.begin(), lost_already.end());
    lost.insert(plan.nodes_lost.begin(), plan.nodes_lost.end());
    auto const count = [&](std::string_view group, bool only_lost) {
        return std::ranges::count_if(view.nodes, [&](NodeView const& node) {
            return node.group == group && (!only_lost || lost.contains(node.name));
        });
    };
    auto const members = count("db", false);
    if (2 * (members - count("db", true)) <= members && count("db", true) > 0)
        reasons.push_back(
            fmt::format("without {} only {} of {} etcd members remain, which is no majority; say "
                        "\"allow_quorum_loss\": true if that is what you want to see",
                        fmt::join(lost, ", "), members - count("db", true), members));
    if (count("app", false) > 0 && count("app", true) == count("app", false))
        reasons.push_back(
            fmt::format("without {} no application node remains; say \"allow_quorum_loss\": true "
                        "if that is what you want to see",
                        fmt::join(lost, ", ")));
    return reasons;
}

}  // namespace interregnum
