// SPDX-License-Identifier: MIT
#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!result.needs(facts, "config")) return;
    if (!facts.whole.on("config.failsafe_mode"))
        result.note("failsafe_mode is off",
                    "when etcd has no quorum the leader turns read-only within loop_wait and "
                    "retry_timeout, though all database nodes are well",
                    "patronictl edit-config: failsafe_mode: true (Patroni 3.0 or newer on all "
                    "members, and REST open between all of them)");
}

RegisterFitnessItem const registered{
    {.name = "patroni.failsafe", .summary = "the leader stays when etcd is away", .judge = judge}};

}  // namespace
}  // namespace interregnum
