// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge_node(FitnessNode const& node, ItemResult& result) {
    auto const policy = node.facts.find("redis.maxmemory-policy").value_or("noeviction");
    auto const limit = node.facts.number("redis.maxmemory").value_or(0);
    std::string const found =
        fmt::format("{}: maxmemory-policy is {}, maxmemory {}", node.name, policy,
                    limit == 0 ? "0 (no limit yet)" : fmt::format("{} bytes", limit));
    constexpr char const* remedy =
        "maxmemory-policy noeviction for sessions, locks and queues; caches in a Redis of their "
        "own";
    if (policy.starts_with("allkeys-"))
        result.stop(found,
                    "when memory is short Redis throws away sessions, carts and queued tasks: "
                    "customers are logged out, paid orders get no mail",
                    remedy);
    else if (policy.starts_with("volatile-"))
        result.warn(
            found, "when memory is short Redis throws away what has an end: sessions, carts, locks",
            remedy);
    else if (limit == 0)
        result.warn(found, "Redis grows until the kernel kills it, or PostgreSQL beside it",
                    "set maxmemory well below what the server has");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.redis_expected) return;
    for (FitnessNode const* node : facts.group("db"))
        if (result.needs(*node, "redis")) judge_node(*node, result);
}

RegisterFitnessItem const registered{{.name = "redis.memory",
                                      .summary = "Redis has a limit and throws nothing away",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
