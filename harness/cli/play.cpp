// SPDX-License-Identifier: MIT
#include "harness/cli/play.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/cli/results_file.h"
#include "harness/engine/drill.h"
#include "harness/lab/lab.h"
#include "harness/scenario/expand.h"

namespace interregnum {
namespace {

/// What `run` finds that scenario by: its name if it ships, else its file.
std::string name_for_run(Scenario const& scenario) {
    auto const shipped = find_scenario(scenario.name);
    return shipped && *shipped == scenario.file ? scenario.name : scenario.file;
}

/// The command line that plays it again.
std::string again(Plays const& plays, Play const& one) {
    std::vector<std::string> argv{"interregnum", "run", name_for_run(one.scenario)};
    if (!plays.flags.inventory.empty()) {
        argv.emplace_back("--inventory");
        argv.push_back(plays.flags.inventory);
    }
    for (std::string const& set : one.sets) {
        argv.emplace_back("--set");
        argv.push_back(set);
    }
    for (std::string const& expect : one.expects) {
        argv.emplace_back("--expect");
        argv.push_back(expect);
    }
    argv.emplace_back("--seed");
    argv.push_back(std::to_string(one.seed));
    return show_command(argv);
}

}  // namespace

Reported play(Plays const& plays, Play const& one, ClusterState& state, StopOnSignal& signals) {
    auto scenario = expanded(one.scenario, plays.chosen.inventory.nodes, one.seed);
    if (!scenario) {
        fmt::print(stderr, "interregnum: {}: {}\n", one.scenario.name, scenario.error().message);
        return {.code = ExitCode::usage};
    }
    DrillRequest const request{.scenario = std::move(*scenario),
                               .inventory = plays.chosen.inventory,
                               .secrets = plays.chosen.secrets,
                               .seed = one.seed,
                               .out_folder = plays.out_folder,
                               .trust_new_hosts = plays.flags.trust_new_hosts,
                               .stop_file = state.stop_file(),
                               .again = again(plays, one)};
    Reported reported = run_and_report(request, plays.report, state, signals);
    // One that whoever called it stopped is no result.
    if (reported.folder.empty() || plays.results.empty() || reported.code == ExitCode::interrupted)
        return reported;
    if (Status const added = add_to_results(plays.results, reported.folder); !added) {
        fmt::print(stderr, "interregnum: {}\n", added.error().message);
        reported.code = worse(reported.code, ExitCode::harness_error);
    }
    return reported;
}

ExitCode worse(ExitCode left, ExitCode right) {
    auto const rank = [](ExitCode code) {
        switch (code) {
            case ExitCode::pass:
                return 0;
            case ExitCode::inconclusive:
                return 1;
            case ExitCode::fail:
                return 2;
            case ExitCode::harness_error:
                return 3;
            case ExitCode::usage:
                return 4;
            case ExitCode::interrupted:
                return 5;
            case ExitCode::not_undone:
                return 6;
        }
        return 3;
    };
    return rank(left) >= rank(right) ? left : right;
}

ExitCode worst_of_runs(ExitCode left, ExitCode right) {
    constexpr std::array worst_first{ExitCode::not_undone,  ExitCode::fail,
                                     ExitCode::interrupted, ExitCode::harness_error,
                                     ExitCode::usage,       ExitCode::inconclusive,
                                     ExitCode::pass};
    return *std::ranges::find_first_of(worst_first, std::array{left, right});
}

void add_bugs(Scenario& scenario, ChosenCluster const& chosen) {
    if (!chosen.is_lab) return;
    for (WorkloadItem& item : scenario.workload)
        for (Defect const* defect : running_defects())
            if (defect->customer == item.probe->name)
                item.options.set("bug", std::string(defect->bug));
}

}  // namespace interregnum
