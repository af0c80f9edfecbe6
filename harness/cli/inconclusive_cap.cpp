// SPDX-License-Identifier: MIT
#include "harness/cli/inconclusive_cap.h"

#include <algorithm>
#include <map>
#include <ranges>

#include <fmt/format.h>

#include "harness/cli/results_file.h"

namespace interregnum {
namespace {

// Years of nights of a drill, and more plays a night than anybody has time for.
constexpr std::size_t most_runs = 10'000;

struct Night {
    int proved{};
    int proved_nothing{};
    void add(Verdict verdict) {
        if (verdict == Verdict::pass || verdict == Verdict::fail) ++proved;
        if (verdict == Verdict::inconclusive) ++proved_nothing;
    }
    [[nodiscard]] bool too_little(int repeats) const {
        return proved_nothing > 0 && proved < repeats;
    }
};

}  // namespace

int inconclusive_nights(std::vector<RunSummary> const& runs, std::string const& cluster,
                        int repeats) {
    constexpr std::size_t date = 10;  // of "2026-11-22T03:10:44.123Z"
    std::map<std::string, Night> nights;
    for (RunSummary const& run : runs)
        if (run.cluster == cluster) nights[run.started.substr(0, date)].add(run.verdict);
    int count = 0;
    for (Night const& night : std::views::values(std::views::reverse(nights))) {
        if (!night.too_little(repeats)) break;
        ++count;
    }
    return count;
}

void cap_inconclusive_nights(std::string const& where, int cap, GateFacts& facts) {
    if (where.empty() || cap <= 0 || facts.interrupted) return;
    for (GateDrill& drill : facts.drills) {
        Night tonight;
        for (GateRun const& run : drill.runs) tonight.add(run.summary.verdict);
        if (drill.no_time || !tonight.too_little(drill.repeats)) continue;
        auto const runs = read_results(where, drill.scenario, most_runs);
        if (!runs) {
            facts.troubles.push_back(
                fmt::format("{}: for how many nights it has been inconclusive cannot be told: {}",
                            drill.scenario, runs.error().message));
            continue;
        }
        drill.inconclusive_nights = inconclusive_nights(*runs, facts.cluster, drill.repeats);
        if (drill.inconclusive_nights < cap) drill.inconclusive_nights = 0;
    }
}

}  // namespace interregnum
