// SPDX-License-Identifier: MIT
#include "harness/engine/safety.h"

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
    std::set<std::string> gone(lost_already.begin(), lost_already.end());
    gone.insert(plan.nodes_lost.begin(), plan.nodes_lost.end());
    // Each sentence names the nodes of its own group only: an application node is no voter.
    auto const in_group = [&](std::string_view group, bool only_gone) {
        std::set<std::string> found;
        for (NodeView const& node : view.nodes)
            if (node.group == group && (!only_gone || gone.contains(node.name)))
                found.insert(node.name);
        return found;
    };
    auto const members = in_group("db", false);
    auto const members_lost = in_group("db", true);
    std::size_t const remain = members.size() - members_lost.size();
    if (!members_lost.empty() && 2 * remain <= members.size())
        reasons.push_back(
            fmt::format("without {} only {} of {} etcd members remain, which is no majority; say "
                        "\"allow_quorum_loss\": true if that is what you want to see",
                        fmt::join(members_lost, ", "), remain, members.size()));
    auto const apps_lost = in_group("app", true);
    if (!apps_lost.empty() && apps_lost.size() == in_group("app", false).size())
        reasons.push_back(
            fmt::format("without {} no application node remains; say \"allow_quorum_loss\": true "
                        "if that is what you want to see",
                        fmt::join(apps_lost, ", ")));
    return reasons;
}

}  // namespace interregnum
