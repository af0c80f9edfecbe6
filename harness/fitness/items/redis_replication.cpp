// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge_node(FitnessNode const& node, ItemResult& result) {
    constexpr std::int64_t default_max_lag = 10;  // seconds; Redis' own
    auto const replicas = node.facts.number("redis.min-replicas-to-write").value_or(0);
    auto const lag = node.facts.number("redis.min-replicas-max-lag").value_or(default_max_lag);
    if (replicas < 1 || lag < 1)
        result.warn(fmt::format("{}: min-replicas-to-write is {}, min-replicas-max-lag {}",
                                node.name, replicas, lag),
                    "a master that is cut off goes on taking writes beside the new one, and loses "
                    "them all when it comes back",
                    "min-replicas-to-write 1 and min-replicas-max-lag 10 on every Redis");
    constexpr std::int64_t small_backlog = 1 << 20;  // Redis' default
    auto const backlog = node.facts.number("redis.repl-backlog-size").value_or(small_backlog);
    if (backlog <= small_backlog)
        result.note(fmt::format("{}: repl-backlog-size is {} bytes", node.name, backlog),
                    "a replica that was away for a moment needs a full copy",
                    "repl-backlog-size: the writes of the longest gap to be bridged");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.redis_expected) return;
    for (FitnessNode const* node : facts.group("db"))
        if (result.needs(*node, "redis")) judge_node(*node, result);
}

RegisterFitnessItem const registered{{.name = "redis.replication",
                                      .summary = "a master that is cut off stops taking writes",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
