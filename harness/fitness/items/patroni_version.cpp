// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* first = nullptr;
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "patroni")) continue;
        if (first == nullptr) {
            first = node;
            continue;
        }
        for (char const* key : {"patroni.patroni.version", "patroni.server_version"})
            if (first->facts.find(key) != node->facts.find(key))
                result.warn(fmt::format("{} has {} {}, {} has {}", first->name, key + 8,
                                        first->facts.find(key).value_or("none"), node->name,
                                        node->facts.find(key).value_or("none")),
                            "after a failover the cluster behaves otherwise than before",
                            "bring all members to one version");
    }
}

RegisterFitnessItem const registered{{.name = "patroni.version",
                                      .summary = "one version of Patroni and of PostgreSQL",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
