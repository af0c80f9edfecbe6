// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/statistics.h"

namespace interregnum::test {

/// A run of kill-leader on the cluster "lab" that passed; `number` makes its id, seed and start,
/// and the etcd leader was with the leader in every other one.
inline RunSummary made_run(int number) {
    return {.id = fmt::format("2026-11-{:02}T03-10-44-kill-leader", number + 1),
            .started = fmt::format("2026-11-{:02}T03:10:44.123Z", number + 1),
            .scenario = "kill-leader",
            .cluster = "lab",
            .version = "0.1.0",
            .seed = static_cast<std::uint64_t>(number) + 7,
            .verdict = Verdict::pass,
            .because = "customers could not buy",
            .etcd_with_leader = number % 2 == 0,
            .limited = {"write.downtime", "lost"}};
}

/// Gives a run a duration in seconds, known to 20 ms.
inline void add_seconds(RunSummary& run, std::string const& measure, double seconds) {
    auto const best = static_cast<std::int64_t>(seconds * 1e9);
    run.measures[measure] = {.unit = Unit::duration,
                             .value = {.known = true,
                                       .at_least = best - 10'000'000,
                                       .at_most = best + 10'000'000,
                                       .best = best}};
}

inline void add_count(RunSummary& run, std::string const& measure, std::int64_t count) {
    run.measures[measure] = {
        .unit = Unit::count,
        .value = {.known = true, .at_least = count, .at_most = count, .best = count}};
}

/// One run for each downtime, nothing lost.
inline std::vector<RunSummary> made_runs(std::vector<double> const& downtimes) {
    std::vector<RunSummary> runs;
    for (double const downtime : downtimes) {
        RunSummary run = made_run(static_cast<int>(runs.size()));
        add_seconds(run, "write.downtime", downtime);
        add_seconds(run, "write.latency.p99", 0.004);
        add_count(run, "lost", 0);
        runs.push_back(std::move(run));
    }
    return runs;
}

}  // namespace interregnum::test
