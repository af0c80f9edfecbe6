// SPDX-License-Identifier: MIT
#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!result.needs(facts, "config")) return;
    auto const mode = facts.whole.find("config.synchronous_mode").value_or("false");
    bool const on = facts.whole.on("config.synchronous_mode") || mode == "quorum";
    if (!on) {
        result.warn("synchronous_mode is off",
                    "orders that were acknowledged just before the leader died can be lost: up to "
                    "maximum_lag_on_failover and what was written since (loop_wait, at worst ttl)",
                    "patronictl edit-config: synchronous_mode: true; or accept the loss, in words");
        return;
    }
    if (!facts.whole.on("config.synchronous_mode_strict"))
        result.note("synchronous_mode_strict is off",
                    "when the last standby goes, commits are acknowledged by one server alone",
                    "synchronous_mode_strict: true stops sales instead; choose on purpose");
}

RegisterFitnessItem const registered{
    {.name = "patroni.synchronous", .summary = "commits wait for a standby", .judge = judge}};

}  // namespace
}  // namespace interregnum
