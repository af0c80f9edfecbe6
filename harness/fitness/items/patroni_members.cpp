// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

/// States of a member that takes part, by Patroni's REST API.
bool takes_part(std::string_view state) { return state == "running" || state == "streaming"; }

void judge(ClusterFacts const& facts, ItemResult& result) {
    auto const members = facts.group("db");
    bool all_known = true;
    for (FitnessNode const* node : members) {
        if (!result.needs(*node, "patroni")) {
            all_known = false;
            continue;
        }
        auto const state = node->facts.find("patroni.state").value_or("");
        if (!takes_part(state))
            result.stop(fmt::format("{} is \"{}\", not running", node->name, state),
                        "it can neither take over nor serve", "look at Patroni's log there");
    }
    if (facts.leader.empty() && all_known)
        result.stop("no member is the leader", "nobody can buy",
                    "patronictl list, and Patroni's log on each node");
    if (members.size() < 2)
        result.stop(fmt::format("{} database node", members.size()), "nobody can take over",
                    "add a replica");
    if (auto const at = facts.whole.find("cluster.scheduled_switchover.at"))
        result.warn(fmt::format("a switchover is scheduled for {}", *at),
                    "the leader changes then, whatever goes on",
                    "patronictl flush CLUSTER switchover, unless it is meant");
    std::vector<std::string_view> timelines;
    for (FitnessNode const* node : members)
        if (auto const timeline = node->facts.find("patroni.timeline"))
            if (std::ranges::find(timelines, *timeline) == timelines.end())
                timelines.push_back(*timeline);
    if (timelines.size() > 1)
        result.warn("members are on different timelines",
                    "one of them does not follow the leader: it is no spare",
                    "patronictl list; patronictl reinit CLUSTER MEMBER of the one that is behind");
}

RegisterFitnessItem const registered{{.name = "patroni.members",
                                      .summary = "one leader, all members running, one timeline",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
