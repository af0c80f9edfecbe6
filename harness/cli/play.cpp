// SPDX-License-Identifier: MIT
#include "harness/cli/play.h"

#include <cstdio>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/cli/fails_so_far.h"
#include "harness/cli/results_file.h"
#include "harness/cli/worse.h"
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
    DrillRequest request{.scenario = std::move(*scenario),
                         .inventory = plays.chosen.inventory,
                         .secrets = plays.chosen.secrets,
                         .seed = one.seed,
                         .out_folder = plays.out_folder,
                         .trust_new_hosts = plays.flags.trust_new_hosts,
                         .stop_file = state.stop_file(),
                         .again = again(plays, one)};
    bool kept = false;
    if (plays.keep_on_fail)
        request.keeps_shop = [&kept](std::string const& record_file, record::Offset at) {
            kept = fails_so_far(record_file, at);
            return kept;
        };
    Reported reported = run_and_report(request, plays.report, state, signals);
    reported.shop_kept = kept;
    keep_in_results(plays.results, reported);
    return reported;
}

void add_on_fail_flag(Verb const& verb, std::string& on_fail) {
    verb.takes("--on-fail", on_fail,
               "what becomes of the shop's tables and keys when a drill failed: clean drops them; "
               "keep leaves them for a look, and plays nothing more. Faults are undone either way")
        .one_of({"clean", "keep"})
        .shows_default();
}

void keep_in_results(std::string const& where, Reported& reported) {
    if (where.empty() || reported.folder.empty() || reported.code == ExitCode::interrupted) return;
    Status const added = add_to_results(where, reported.folder);
    if (!added) reported.not_in_results = added.error().message;
    reported.code = after_writing(reported.code, added);
}

void add_bugs(Scenario& scenario, ChosenCluster const& chosen) {
    if (!chosen.is_lab) return;
    for (WorkloadItem& item : scenario.workload)
        for (Defect const* defect : running_defects())
            if (defect->customer == item.probe->name)
                item.options.set("bug", std::string(defect->bug));
}

}  // namespace interregnum
