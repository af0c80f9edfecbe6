// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge_node(FitnessNode const& node, ItemResult& result) {
    FitnessFacts const& facts = node.facts;
    std::int64_t const sentinels = facts.number("sentinel.num-other-sentinels").value_or(0) + 1;
    std::int64_t const quorum = facts.number("sentinel.quorum").value_or(0);
    if (auto const said = facts.find("sentinel.ckquorum"); said && !said->starts_with("OK"))
        result.stop(fmt::format("{}: SENTINEL CKQUORUM says: {}", node.name, *said),
                    "no Redis is promoted when the master dies", "bring the Sentinels back");
    if (sentinels < 3)
        result.stop(fmt::format("{}: its Sentinel knows of {} in all", node.name, sentinels),
                    "without a majority after one server is gone, no Redis is promoted",
                    "three Sentinels on three servers");
    else if (quorum >= sentinels)
        result.stop(fmt::format("{}: quorum is {} of {} Sentinels", node.name, quorum, sentinels),
                    "when the master's server dies with its Sentinel, the others are too few to "
                    "take the master for down: no Redis is promoted",
                    fmt::format("SENTINEL SET ... quorum {}", sentinels / 2 + 1));
    else if (quorum < sentinels / 2 + 1)
        result.warn(fmt::format("{}: quorum is {} of {} Sentinels", node.name, quorum, sentinels),
                    "a minority that is cut off believes the master down; it cannot promote, but "
                    "it tries",
                    fmt::format("SENTINEL SET ... quorum {}", sentinels / 2 + 1));
    constexpr std::int64_t long_wait = 30'000;  // ms; Sentinel's default
    auto const down_after = facts.number("sentinel.down-after-milliseconds").value_or(long_wait);
    if (down_after >= long_wait)
        result.note(fmt::format("{}: down-after-milliseconds is {}", node.name, down_after),
                    "a dead master is missed for that long, and a replica that has not heard from "
                    "it for ten times that may still be promoted",
                    "SENTINEL SET ... down-after-milliseconds 5000");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.redis_expected) return;
    for (FitnessNode const* node : facts.group("db"))
        if (result.needs(*node, "sentinel")) judge_node(*node, result);
}

RegisterFitnessItem const registered{{.name = "redis.sentinel",
                                      .summary = "enough Sentinels, and a majority decides",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
