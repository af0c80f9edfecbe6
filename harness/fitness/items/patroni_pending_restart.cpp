// SPDX-License-Identifier: MIT
#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "patroni")) continue;
        if (node->facts.on("patroni.pending_restart"))
            result.warn(node->name + " has a setting that waits for a restart (pending_restart)",
                        "it runs with other settings than the configuration says, and takes them "
                        "up in the middle of a failover",
                        "patronictl restart CLUSTER " + node->name);
    }
}

RegisterFitnessItem const registered{{.name = "patroni.pending_restart",
                                      .summary = "no setting waits for a restart",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
