// SPDX-License-Identifier: MIT
#include <random>

#include <fmt/format.h>

#include "harness/base/log.h"
#include "harness/cli/cluster_choice.h"
#include "harness/cli/confirm.h"
#include "harness/cli/play.h"
#include "harness/cli/rehearse.h"
#include "harness/cli/repeats.h"
#include "harness/cli/set_flags.h"
#include "harness/cli/verbs.h"
#include "harness/cli/worse.h"
#include "harness/engine/access.h"
#include "harness/engine/drill.h"
#include "harness/scenario/expand.h"

namespace interregnum {

namespace {

struct RunFlags {
    ClusterFlags cluster;
    std::vector<std::string> scenarios;
    std::vector<std::string> sets;
    std::vector<std::string> expects;
    std::optional<std::uint64_t> seed;
    int repeat{1};
    std::string out{"runs"};
    std::string results;
    std::string inconclusive{"fail"};
    std::string on_fail{"clean"};
    bool json{};
    bool dry_run{};
    std::string prometheus;
    std::string confirm;
};

/// All scenarios of the command line, or the mistakes in them.
std::vector<Scenario> read_scenarios(RunFlags const& flags, Inventory const& inventory,
                                     Mistakes& mistakes) {
    std::vector<Scenario> scenarios;
    std::vector<std::string> const nodes = node_names(inventory);
    auto const pairs =
        set_pairs(flags.sets, {.expected = "KEY=VALUE, for example steady_before=5s"}, mistakes);
    for (std::string const& name : flags.scenarios) {
        auto const path = find_scenario(name);
        auto scenario = path ? load_scenario(*path, pairs, flags.expects, mistakes, &nodes)
                             : std::unexpected(path.error());
        // What goes over nodes that there are not is said before anything is touched.
        if (scenario && mistakes.empty())
            if (auto const made = expanded(*scenario, inventory.nodes, 0); !made)
                scenario = std::unexpected(made.error());
        if (scenario)
            scenarios.push_back(std::move(*scenario));
        else
            mistakes.all.push_back({.file = name, .message = scenario.error().message});
    }
    return scenarios;
}

/// What is to be played, and the seed of the first repeat of each.
struct Program {
    std::vector<Scenario> const& scenarios;
    std::uint64_t first_seed{};
};

/// Every scenario as often as asked, until one says that nothing more may be tried. Adds the run
/// folders with reports to `folders`.
ExitCode play_all(RunFlags const& flags, ChosenCluster const& chosen, Program const& program,
                  ClusterState& state, StopOnSignal& signals, std::vector<std::string>& folders) {
    Plays const plays{
        .flags = flags.cluster,
        .chosen = chosen,
        .out_folder = flags.out,
        .results = flags.results,
        .report = {.inconclusive_is_ok = flags.inconclusive == "ok", .json = flags.json},
        .keep_on_fail = flags.on_fail == "keep"};
    ExitCode total = ExitCode::pass;
    for (Scenario const& scenario : program.scenarios) {
        for (int repeat = 0; repeat < flags.repeat; ++repeat) {
            std::uint64_t const seed = program.first_seed + static_cast<std::uint64_t>(repeat);
            Reported const reported = play(
                plays,
                {.scenario = scenario, .seed = seed, .sets = flags.sets, .expects = flags.expects},
                state, signals);
            total = worse(total, reported.code);
            if (!reported.folder.empty()) folders.push_back(reported.folder);
            if (signals.interrupted() || reported.shop_kept || total == ExitCode::not_undone)
                return total;
        }
    }
    return total;
}

ExitCode run(RunFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    Mistakes mistakes;
    auto scenarios = read_scenarios(flags, chosen->inventory, mistakes);
    if (!mistakes.empty()) {
        fmt::print(stderr, "{}\ninterregnum: nothing was touched\n", mistakes.text());
        return ExitCode::usage;
    }
    std::uint64_t const first_seed = flags.seed ? *flags.seed : std::random_device()() % 100'000;
    for (Scenario& scenario : scenarios) add_bugs(scenario, *chosen);
    if (flags.dry_run) return rehearse(*chosen, scenarios, first_seed, flags.json);
    if (Status const meant = confirm_production(chosen->inventory, flags.confirm, terminal_input());
        !meant) {
        fmt::print(stderr, "interregnum: {}\n", meant.error().message);
        return ExitCode::usage;
    }
    StopOnSignal signals;  // before every other thread
    auto state = locked_state(*chosen, "interregnum run");
    if (!state) return ExitCode::harness_error;
    std::vector<std::string> folders;
    ExitCode total = play_all(flags, *chosen, {scenarios, first_seed}, *state, signals, folders);
    if (!flags.prometheus.empty())
        total = after_writing(total, write_prometheus_of(folders, flags.prometheus));
    if (flags.repeat == 1) return total;
    return after_writing(total, tell_repeats_of(folders, flags.out, flags.json));
}

}  // namespace

void add_run_verb(Verb const& program) {
    auto flags = std::make_shared<RunFlags>();
    Verb const verb = program.add("run", "play scenarios and say what customers lost");
    verb.takes("scenario", flags->scenarios, "scenario files, or names of ones that ship")
        .required();
    add_cluster_flags(verb, flags->cluster);
    verb.takes("--set", flags->sets,
               "set a value of the scenario: --set workload.orders.rate=100/s");
    verb.takes("--expect", flags->expects,
               "a condition in place of the scenario's: --expect 'write.downtime <= 30s'");
    verb.takes("--seed", flags->seed, "seed of all random choices (default: random)");
    verb.takes("--repeat", flags->repeat,
               "how often, each with the next seed; ends in a table over all of them")
        .between(1, 1000);
    verb.takes("--out", flags->out, "where run folders go").shows_default();
    verb.takes("--results", flags->results,
               "also add each run to this file (SQLite, made when it is not there) or "
               "database (postgresql://user@host/name), for `trend`");
    verb.takes("--prometheus", flags->prometheus,
               "also write verdicts and numbers of all runs to this file, for the textfile "
               "collector of a node exporter (NAME.prom in its folder)");
    verb.takes("--inconclusive", flags->inconclusive,
               "what an inconclusive drill means for the exit code")
        .one_of({"ok", "fail"})
        .shows_default();
    add_on_fail_flag(verb, flags->on_fail);
    verb.takes("--confirm", flags->confirm,
               "the name of a cluster that is production, instead of typing it");
    verb.flag("--dry-run", flags->dry_run,
              "only look at the cluster, and print every step with its targets of now and "
              "the exact commands; 2: a role is held by nobody, or a step would be refused");
    verb.flag("--json", flags->json, "print the summary (or the dry run) as JSON");
    verb.footer("Example: interregnum run kill-leader --expect 'write.downtime <= 45s' --seed 7");
    verb.does([flags] { return run(*flags); });
}

}  // namespace interregnum
