// SPDX-License-Identifier: MIT
#include "harness/cli/gate_play.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/cli/gate_choice.h"
#include "harness/cli/gate_facts.h"
#include "harness/cli/run_summaries.h"

namespace interregnum {
namespace {

// One that is undecided is not played again: whatever another one came to, this one stays a doubt.
bool proved_something(GateRun const& run) {
    return run.summary.verdict == Verdict::pass || run.summary.verdict == Verdict::fail ||
           (run.summary.verdict == Verdict::inconclusive && run.summary.undecided);
}

int proved_of(GateDrill const& drill) {
    return static_cast<int>(std::ranges::count_if(drill.runs, proved_something));
}

/// A gate that is under way.
class Gate {
public:
    Gate(GatePlaying const& playing, GateFacts& facts) : playing_(playing), facts_(facts) {}

    [[nodiscard]] bool play_all(std::string nothing_more) {
        while (nothing_more.empty()) {
            auto const next = next_play(candidates(), left());
            if (!next) break;
            nothing_more = play_one(*next);
        }
        bool unfinished = false;
        for (GateDrill& drill : facts_.drills) {
            if (proved_of(drill) >= drill.repeats) continue;
            drill.not_played = given_up(drill);
            if (!drill.not_played.empty()) continue;
            unfinished = true;
            say_what_is_missing(drill, nothing_more);
        }
        return unfinished;
    }

private:
    [[nodiscard]] std::optional<Duration> left() const {
        if (!playing_.budget) return std::nullopt;
        return playing_.budget->until - clock_.now();
    }

    [[nodiscard]] std::vector<Candidate> candidates() const {
        std::vector<Candidate> all;
        for (std::size_t index = 0; index < facts_.drills.size(); ++index) {
            GateDrill const& drill = facts_.drills[index];
            SuiteDrill const& asked = playing_.suite.drills[index];
            int const proved = proved_of(drill);
            all.push_back({.value = asked.value,
                           .played = static_cast<int>(drill.runs.size()),
                           .proved = proved,
                           .expected = expected_play(drill, expected_play(asked.scenario)),
                           .over = proved >= drill.repeats || !given_up(drill).empty()});
        }
        return all;
    }

    /// Why no more is made of a drill of which something is missing; "" while there is.
    [[nodiscard]] std::string given_up(GateDrill const& drill) const {
        int const played = static_cast<int>(drill.runs.size());
        if (played >= drill.repeats + playing_.suite.retries)
            return fmt::format("{} of {} plays proved nothing", played - proved_of(drill), played);
        if (playing_.suite.stop_when_clear && judge_of_gates().is_lost(drill))
            return "it is clear already: no further play could make it a go";
        return {};
    }

    void say_what_is_missing(GateDrill& drill, std::string const& nothing_more) const {
        drill.not_played = nothing_more;
        if (!nothing_more.empty() || !playing_.budget) return;
        drill.no_time = true;
        drill.not_played =
            fmt::format("the budget of {} was used up", format_duration(playing_.budget->span));
    }

    void tell_progress(std::size_t index) const {
        GateDrill const& drill = facts_.drills[index];
        int const proved = proved_of(drill);
        std::string text = fmt::format(
            "drill {} of {}: {}, {} of {}{}", index + 1, facts_.drills.size(), drill.scenario,
            proved + 1, drill.repeats,
            static_cast<int>(drill.runs.size()) > proved ? " (again: one proved nothing)" : "");
        if (auto const time = left())
            text += fmt::format("; {} left",
                                format_duration(std::chrono::floor<std::chrono::seconds>(*time)));
        gate_progress(text);
    }

    /// The next play of a drill. Returns why nothing more may be played after it, or "".
    std::string play_one(std::size_t index) {
        GateDrill& drill = facts_.drills[index];
        SuiteDrill const& asked = playing_.suite.drills[index];
        tell_progress(index);
        Play const one{.scenario = asked.scenario,
                       .seed = next_seed(drill, facts_.first_seed),
                       .sets = asked.sets,
                       .expects = asked.expects};
        Instant const began = clock_.now();
        Reported const reported = play(playing_.plays, one, playing_.state, playing_.signals);
        GateRun run = gate_run(reported, one, playing_.plays.chosen.inventory.cluster);
        run.took = clock_.now() - began;
        // Whatever became of the drill: no night may miss its row.
        if (!reported.not_in_results.empty())
            facts_.troubles.push_back(
                fmt::format("{}, seed {}: it could not be added to the results: {}",
                            one.scenario.name, one.seed, reported.not_in_results));
        bool const not_undone = run.not_undone;
        if (run.interrupted && !not_undone && !is_result(run.summary))
            drill.cut_off.push_back(
                {.folder = run.folder, .why = fmt::format("seed {} was interrupted", one.seed)});
        else
            drill.runs.push_back(std::move(run));
        if (playing_.signals.interrupted()) return "interrupted";
        if (reported.shop_kept)
            return fmt::format("{}, seed {}, failed, and its shop was kept for a look",
                               one.scenario.name, one.seed);
        return not_undone ? "a fault could not be undone" : "";
    }

    GatePlaying const& playing_;
    GateFacts& facts_;
    SteadyClock clock_;
};

}  // namespace

GateRun gate_run(Reported const& reported, Play const& one, std::string const& cluster) {
    GateRun run{.not_undone = reported.code == ExitCode::not_undone,
                .interrupted = reported.code == ExitCode::interrupted};
    auto summary = reported.folder.empty()
                       ? fail(Error::Kind::failed, "it left no report; its error is on stderr")
                       : read_run(reported.folder);
    if (summary) {
        run.summary = std::move(*summary);
        run.folder = std::filesystem::path(reported.folder).filename();
        run.interrupted = run.interrupted || run.summary.interrupted;
        return run;
    }
    // What is still in force is undone by its journal.
    run.no_report = reported.folder.empty();
    if (run.not_undone) run.folder = std::filesystem::path(reported.run_folder).filename();
    // What it found before its report failed counts: a loss that nobody can read of is one.
    bool const failed = reported.code == ExitCode::fail;
    run.summary = {.scenario = one.scenario.name,
                   .cluster = cluster,
                   .seed = one.seed,
                   .verdict = failed ? Verdict::fail : Verdict::error,
                   .because = (failed ? "it failed, and " : "") + summary.error().message,
                   .interrupted = run.interrupted};
    return run;
}

void gate_progress(std::string const& line) {
    std::fflush(stdout);
    std::fputs(fmt::format("gate: {}\n", line).c_str(), stderr);
}

bool play_drills(GatePlaying const& playing, std::string nothing_more, GateFacts& facts) {
    return Gate(playing, facts).play_all(std::move(nothing_more));
}

}  // namespace interregnum
