// SPDX-License-Identifier: MIT
#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const& node : facts.nodes) {
        if (!result.needs(node, "timekeeper")) continue;
        if (!node.facts.on("timekeeper.synchronised"))
            result.warn(node.name + ": its clock is not synchronised",
                        "it drifts until Patroni's locks and the ends of carts are wrong",
                        "chrony, with sources that answer (chronyc tracking)");
    }
}

RegisterFitnessItem const registered{
    {.name = "clock.synchronised", .summary = "every clock is kept by something", .judge = judge}};

}  // namespace
}  // namespace interregnum
