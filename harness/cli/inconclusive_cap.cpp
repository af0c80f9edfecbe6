// SPDX-License-Identifier: MIT
#include "harness/cli/inconclusive_cap.h"

#include <algorithm>
#include <expected>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include <fmt/format.h>

#include "harness/base/nights.h"
#include "harness/base/result.h"
#include "harness/cli/results_file.h"

namespace interregnum {
namespace {

// Years of nights of a drill, and more plays a night than anybody has time for. Of all drills it is
// weeks at least, and only the newest nights count.
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

int inconclusive_nights(std::vector<RunSummary> const& runs, std::vector<RunSummary> const& all,
                        std::string const& cluster, int repeats) {
    std::vector<std::string> started;
    // The drill's own runs, too: they may go further back than what was read of all.
    for (auto const* some : {&runs, &all})
        for (RunSummary const& run : *some)
            if (run.cluster == cluster) started.push_back(run.started);
    auto const begins = night_begins(std::move(started));
    std::map<std::string, Night> nights;
    for (RunSummary const& run : runs)
        if (run.cluster == cluster) nights[night_of(run.started, begins)].add(run.verdict);
    int count = 0;
    for (Night const& night : std::views::values(std::views::reverse(nights))) {
        if (!night.too_little(repeats)) break;
        ++count;
    }
    return count;
}

namespace {

Result<int> nights_running(std::string const& where, GateDrill const& drill,
                           Result<std::vector<RunSummary>> const& all, std::string const& cluster) {
    if (!all) return std::unexpected(all.error());
    // By itself, since among all it may have had few of the newest runs.
    auto const runs = read_results(where, drill.scenario, most_runs);
    if (!runs) return std::unexpected(runs.error());
    return inconclusive_nights(*runs, *all, cluster, drill.repeats);
}

}  // namespace

void cap_inconclusive_nights(std::string const& where, int cap, GateFacts& facts) {
    if (where.empty() || cap <= 0 || facts.interrupted) return;
    std::optional<Result<std::vector<RunSummary>>> all;  // read once, and only when asked for
    for (GateDrill& drill : facts.drills) {
        Night tonight;
        for (GateRun const& run : drill.runs) tonight.add(run.summary.verdict);
        if (drill.no_time || !tonight.too_little(drill.repeats)) continue;
        if (!all) all = read_results(where, "", most_runs);
        auto const nights = nights_running(where, drill, *all, facts.cluster);
        if (!nights)
            facts.troubles.push_back(
                fmt::format("{}: for how many nights it has been inconclusive cannot be told: {}",
                            drill.scenario, nights.error().message));
        else if (*nights >= cap)
            drill.inconclusive_nights = *nights;
    }
}

}  // namespace interregnum
