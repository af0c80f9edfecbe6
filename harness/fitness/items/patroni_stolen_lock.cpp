// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

// Seen on a cluster with this version: a leader that was cut off from etcd came back after its
// lease had ended; its `_update_leader` (etcd3.py) wrote its own name under a new lease without
// comparing whose the key was by then, and there were two leaders.
constexpr std::string_view seen_with = "3.0.2";

bool speaks_etcd3(FitnessNode const& node) {
    if (node.facts.find("yaml.etcd3")) return true;
    return std::ranges::any_of(node.facts.all("yaml.environment"), [](std::string const& name) {
        return name.starts_with("PATRONI_ETCD3_");
    });
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    std::vector<std::string> affected;
    std::string untried;
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "patroni") || !result.needs(*node, "yaml")) continue;
        if (!speaks_etcd3(*node)) continue;
        auto const version = node->facts.find("patroni.patroni.version").value_or("unknown");
        if (version == seen_with)
            affected.push_back(node->name);
        else
            untried = version;
    }
    if (!untried.empty())
        result.unknown(fmt::format(
            "whether Patroni {} lets a former leader take the lock back from its follower through "
            "etcd's version 3 API, as {} does: not tried",
            untried, seen_with));
    if (affected.empty()) return;
    std::string names = affected.front();
    for (std::size_t index = 1; index < affected.size(); ++index) names += ", " + affected[index];
    result.warn(
        fmt::format("Patroni {} with etcd's version 3 API on {}", seen_with, names),
        "a leader that was cut off from etcd alone takes the lock back from the one that "
        "followed it, without looking whose it is: seen with this version as two histories "
        "on one timeline and lost orders",
        "upgrade Patroni, and see that the drill leader-without-etcd loses nothing with it");
}

RegisterFitnessItem const registered{{.name = "patroni.stolen_lock",
                                      .summary = "a former leader does not take the lock back",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
