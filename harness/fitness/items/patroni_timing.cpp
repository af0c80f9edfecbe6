// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

// Patroni's defaults and its rule: documentation, "Dynamic configuration settings".
constexpr std::int64_t default_ttl = 30;
constexpr std::int64_t default_loop_wait = 10;
constexpr std::int64_t default_retry_timeout = 10;

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!result.needs(facts, "config")) return;
    std::int64_t const ttl = facts.whole.number("config.ttl").value_or(default_ttl);
    std::int64_t const loop_wait =
        facts.whole.number("config.loop_wait").value_or(default_loop_wait);
    std::int64_t const retry =
        facts.whole.number("config.retry_timeout").value_or(default_retry_timeout);
    if (loop_wait + 2 * retry > ttl)
        result.stop(fmt::format("loop_wait {} + 2 x retry_timeout {} = {} s is more than ttl {} s",
                                loop_wait, retry, loop_wait + 2 * retry, ttl),
                    "a leader that cannot reach etcd may still be one when its lock has run out "
                    "and another is promoted",
                    fmt::format("patronictl edit-config: ttl at least {}, or a smaller "
                                "loop_wait or retry_timeout",
                                loop_wait + 2 * retry));
    constexpr std::int64_t long_ttl = 60;
    if (ttl > long_ttl)
        result.note(fmt::format("ttl is {} s", ttl),
                    "a leader whose server dies is missed for that long before anybody may follow",
                    "patronictl edit-config: ttl 30, which is Patroni's default");
    // Its name before Patroni 3.0, which later versions still take.
    auto start = facts.whole.number("config.primary_start_timeout");
    if (!start) start = facts.whole.number("config.master_start_timeout");
    if (!start || *start > long_ttl)
        result.note(fmt::format("primary_start_timeout is {}",
                                start ? fmt::format("{} s", *start) : "not set: 300 s"),
                    "a leader whose PostgreSQL crashed may take that long to recover before a "
                    "replica is promoted instead",
                    "patronictl edit-config: primary_start_timeout, on purpose");
}

RegisterFitnessItem const registered{
    {.name = "patroni.timing", .summary = "loop_wait + 2 x retry_timeout <= ttl", .judge = judge}};

}  // namespace
}  // namespace interregnum
