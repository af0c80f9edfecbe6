// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    std::size_t members = 0;
    std::size_t healthy = 0;
    std::vector<std::string_view> versions;
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "etcd")) continue;
        bool const led = node->facts.find("etcd.leader").value_or("0") != "0";
        healthy += led ? 1U : 0U;
        if (!led)
            result.warn(node->name + ": its etcd knows of no leader",
                        "it is no spare for another that fails", "look at etcd's log there");
        members = std::max(members, node->facts.all("etcdmembers.members.ID").size());
        if (auto const version = node->facts.find("etcd.version"))
            if (std::ranges::find(versions, *version) == versions.end())
                versions.push_back(*version);
    }
    if (members == 0) {
        result.unknown("how many members etcd has");
        return;
    }
    // Members on other servers than the inventory's were not asked: they may well be well.
    std::size_t const here = facts.group("db").size();
    std::size_t const elsewhere = members > here ? members - here : 0;
    if (healthy + elsewhere < members / 2 + 1)
        result.stop(fmt::format("{} of {} members of etcd are seen well", healthy, members),
                    "without a quorum Patroni turns the leader read-only", "bring etcd back");
    if (members < 3)
        result.stop(fmt::format("etcd has {} members", members),
                    "when one fails there is no quorum, and no leader",
                    "three members on three servers");
    else if (members % 2 == 0)
        result.warn(fmt::format("etcd has {} members, an even number", members),
                    "no more of them may fail than with one less", "an odd number of members");
    if (versions.size() > 1)
        result.warn("members of etcd have different versions", "they behave differently",
                    "bring all to one version");
}

RegisterFitnessItem const registered{{.name = "etcd.members",
                                      .summary = "an odd number of members, at least three",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
