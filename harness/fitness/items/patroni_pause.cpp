// SPDX-License-Identifier: MIT
#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr char const* consequence = "nobody is promoted when the leader dies; the shop stays shut";
constexpr char const* remedy = "patronictl resume";

void judge(ClusterFacts const& facts, ItemResult& result) {
    // Both places, since each alone may not be known: the configuration, and what a member took up.
    if (facts.whole.on("config.pause")) {
        result.stop("Patroni is paused (GET /config: pause is true)", consequence, remedy);
        return;
    }
    for (FitnessNode const* node : facts.group("db"))
        if (node->facts.on("patroni.pause")) {
            result.stop(node->name + " says that Patroni is paused (GET /patroni)", consequence,
                        remedy);
            return;
        }
    result.needs(facts, "config");
}

RegisterFitnessItem const registered{
    {.name = "patroni.pause", .summary = "Patroni is not in maintenance mode", .judge = judge}};

}  // namespace
}  // namespace interregnum
