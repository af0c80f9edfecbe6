// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "harness/base/mistakes.h"
#include "harness/base/process.h"
#include "harness/base/units.h"
#include "harness/cli/confirm.h"
#include "harness/cli/gate_begin.h"
#include "harness/cli/gate_facts.h"
#include "harness/cli/gate_folder.h"
#include "harness/cli/gate_play.h"
#include "harness/cli/inconclusive_cap.h"
#include "harness/cli/outputs.h"
#include "harness/cli/verbs.h"
#include "harness/cli/worse.h"
#include "harness/engine/access.h"
#include "harness/scenario/expand.h"

namespace interregnum {
namespace {

constexpr Duration longest_hook = std::chrono::minutes(1);

ExitCode said(std::string const& message, ExitCode code) {
    complain(message);
    return code;
}

/// What is wrong with the command line; "" when nothing is.
std::string wrong_flags(GateFlags const& flags) {
    if (!flags.budget.empty() && !parse_duration(flags.budget))
        return fmt::format("--budget {}: expected a duration such as 2h or 90m",
                           in_quotes(flags.budget));
    if (flags.resume.empty())
        return flags.suite.empty() ? "expected a suite, or --resume FOLDER" : "";
    for (auto const& [name, given] :
         {std::pair("the suite", !flags.suite.empty()), std::pair("--seed", flags.seed.has_value()),
          std::pair("--out", !flags.out.empty()), std::pair("--results", !flags.results.empty()),
          std::pair("--shard", !flags.shard.empty()),
          std::pair("--inconclusive", !flags.inconclusive.empty()),
          std::pair("--source", !flags.migration.source.empty()),
          std::pair("--skip-preflight", flags.skip_preflight)})
        if (given)
            return fmt::format("--resume goes on with the gate as it was planned: leave out {}",
                               name);
    return {};
}

/// Runs every hook, whatever became of those before; what failed is a trouble.
void run_hooks(std::vector<Hook> const& hooks, std::string_view when,
               std::vector<std::string>& troubles) {
    for (Hook const& hook : hooks) {
        gate_progress(fmt::format("{} the drills: {}", when, show_command(hook)));
        if (auto const ran = check_local({.argv = hook, .timeout = longest_hook}); !ran)
            troubles.push_back(fmt::format("hook {} the drills: {}", when, ran.error().message));
    }
}

/// A suite with `done` ticked, and what was `ticked` before; prints what is wrong with it.
std::optional<Suite> read_suite(std::string const& name, std::vector<ManualItem> const& ticked,
                                std::vector<std::string> const& done, ChosenCluster const& chosen) {
    Mistakes mistakes;
    std::vector<std::string> const nodes = node_names(chosen.inventory);
    auto const file = find_suite(name);
    auto suite = file ? load_suite(*file, mistakes, &nodes) : std::unexpected(file.error());
    if (suite && mistakes.empty())
        for (SuiteDrill const& drill : suite->drills)
            if (auto const made = expanded(drill.scenario, chosen.inventory.nodes, 0); !made)
                mistakes.all.push_back(
                    {.file = drill.scenario.file, .message = made.error().message});
    Status done_well;
    if (suite) {
        keep_ticks(ticked, suite->manual);
        done_well = tick(done, format_wall(wall_now()), suite->manual);
    }
    std::string wrong = mistakes.text();
    if (!suite) wrong += fmt::format("interregnum: {}\n", suite.error().message);
    if (suite && !done_well) wrong += fmt::format("interregnum: {}\n", done_well.error().message);
    if (!wrong.empty()) {
        fmt::print(stderr, "{}interregnum: nothing was touched\n", wrong);
        return std::nullopt;
    }
    for (SuiteDrill& drill : suite->drills) add_bugs(drill.scenario, chosen);
    return std::move(*suite);
}

/// Looks whether the cluster is fit, and plays the drills if nothing that was found forbids it: a
/// cluster that loses orders standing still need not be broken to be refused.
void look_and_play(GateFlags const& flags, GatePlaying const& playing, bool skip_preflight,
                   std::optional<MigrationSides> const& migration, GateFacts& facts) {
    ChosenCluster const& chosen = playing.plays.chosen;
    if (skip_preflight)
        facts.not_looked = "--skip-preflight";
    else if (playing.suite.preflight == Suite::Preflight::off)
        facts.not_looked = R"(the suite has "preflight": "off")";
    if (facts.not_looked.empty()) {
        gate_progress("preflight");
        Preflight const found =
            preflight(chosen.inventory, chosen.secrets, flags.cluster.trust_new_hosts, migration,
                      playing.signals.token());
        add_preflight(found, playing.suite.preflight, facts);
    }
    std::string why;
    if (playing.signals.interrupted())
        why = "interrupted";
    else if (!facts.troubles.empty())
        why = "something failed before the drills";
    else if (!facts.cannot_drill.empty())
        why = "the cluster cannot be drilled";
    bool const forbidden = std::ranges::any_of(facts.findings, &GateFinding::forbids);
    if (why.empty() && forbidden)
        why = "the preflight forbids it; --skip-preflight plays it all the same";
    facts.unfinished = play_drills(playing, why, facts) && !forbidden;
}

/// A line that tells how to go on with the gate, or, where only people are missing, how they tick;
/// "" where neither would change anything.
std::string how_to_go_on(Begun const& begun, Decision decision) {
    std::vector<std::string> argv{"interregnum", "gate", "--resume", begun.folder};
    if (begun.facts.unfinished) return fmt::format("  again      {}\n", show_command(argv));
    bool open = false;
    for (ManualItem const& item : begun.facts.manual) {
        if (!item.by.empty()) continue;
        open = true;
        argv.emplace_back("--done");
        argv.push_back(item.id + "=NAME");
    }
    if (!open || decision != Decision::undecided) return {};
    return fmt::format("  tick       {}\n", show_command(argv));
}

/// Judges it, writes the page, and prints how it ended.
ExitCode finish(GateFlags const& flags, Begun const& begun) {
    GateFacts const& facts = begun.facts;
    GateJudgement const judged = judge_of_gates().judge(facts);
    Status written;
    for (auto const& [name, content] :
         {std::pair("gate.html", &judged.html), std::pair("gate.md", &judged.markdown),
          std::pair("junit.xml", &judged.junit), std::pair("gate.json", &judged.json)})
        if (written) written = write_file(begun.folder + "/" + name, *content);
    if (written && !flags.prometheus.empty())
        written = write_file(flags.prometheus, judged.prometheus);
    std::string const go_on = how_to_go_on(begun, judged.decision);
    if (flags.json) std::fputs(go_on.c_str(), stderr);
    Status const shown =
        show(flags.json ? judged.json
                        : fmt::format("\n{}{}  page       {}/gate.html\n{}\n", judged.text, go_on,
                                      begun.folder, judged.because));
    add_to_step_summary(judged.markdown);
    ExitCode const code = code_of({.decision = judged.decision,
                                   .not_undone = judged.not_undone,
                                   .harness_broke = judged.harness_broke,
                                   .interrupted = facts.interrupted},
                                  begun.plan.inconclusive_is_ok);
    return after_writing(after_writing(code, written), shown);
}

/// The plan of the gate to go on with; its exit code when that has come to its end, and nobody has
/// anything to add.
std::expected<GatePlan, ExitCode> planned(std::string const& folder, bool ticks) {
    auto plan = load_plan(folder);
    if (!plan) return std::unexpected(said(plan.error().message, ExitCode::usage));
    auto const end = read_gate_end(folder);
    if (!end) return std::unexpected(said(end.error().message, ExitCode::usage));
    if (!*end || (*end)->unfinished || ticks) return std::move(*plan);
    fmt::print(
        "This gate has come to its end, and nothing was played.\n  page       {}/gate.html\n"
        "{}\n",
        folder, (*end)->because);
    return std::unexpected(code_of(**end, plan->inconclusive_is_ok));
}

ExitCode run_gate(GateFlags flags) {
    SteadyClock const clock;
    Instant const began = clock.now();
    if (std::string const wrong = wrong_flags(flags); !wrong.empty())
        return said(wrong, ExitCode::usage);
    std::optional<GatePlan> plan;
    if (!flags.resume.empty()) {
        auto read = planned(flags.resume, !flags.done.empty());
        if (!read) return read.error();
        plan = std::move(*read);
        if (flags.cluster.inventory.empty()) flags.cluster.inventory = plan->inventory;
    }
    auto const chosen = choose_cluster(flags.cluster);
    if (!chosen) return said(chosen.error().message, chosen.error().code);
    auto suite = read_suite(plan ? plan->suite_file : flags.suite,
                            plan ? plan->done : std::vector<ManualItem>{}, flags.done, *chosen);
    if (!suite) return ExitCode::usage;
    MigrationFlags const& moved = plan ? plan->migration : flags.migration;
    auto const migration = migration_sides(moved, *chosen);
    if (!migration) return said(migration.error().message, ExitCode::usage);
    bool const looks = !(plan ? plan->skip_preflight : flags.skip_preflight) &&
                       suite->preflight != Suite::Preflight::off;
    if (*migration && !looks)
        return said("--source is compared by the preflight, which is switched off",
                    ExitCode::usage);
    if (Status const meant = confirm_production(chosen->inventory, flags.confirm, terminal_input());
        !meant)
        return said(meant.error().message, ExitCode::usage);
    StopOnSignal signals;  // before every other thread
    auto state = locked_state(*chosen, "interregnum gate");
    if (!state) return ExitCode::harness_error;
    auto begun =
        plan ? resume_gate(flags, *chosen, std::move(*suite), std::move(*plan), *state, signals)
             : begin_gate(flags, *chosen, std::move(*suite));
    if (!begun) return said(begun.error().message, begun.error().code);
    GateFacts& facts = begun->facts;
    gate_progress(fmt::format("an interruption is no loss: {}",
                              show_command({"interregnum", "gate", "--resume", begun->folder})));
    Plays const plays{.flags = flags.cluster,
                      .chosen = *chosen,
                      .out_folder = begun->folder,
                      .results = begun->plan.results,
                      .report = {.quiet = flags.json},
                      .keep_on_fail = flags.on_fail == "keep"};
    GatePlaying playing{.suite = begun->suite, .plays = plays, .state = *state, .signals = signals};
    if (auto const span = parse_duration(flags.budget))
        playing.budget = GateBudget{.span = *span, .until = began + *span};
    run_hooks(begun->suite.before, "before", facts.troubles);
    look_and_play(flags, playing, begun->plan.skip_preflight, *migration, facts);
    run_hooks(begun->suite.after, "after", facts.troubles);
    facts.interrupted = signals.interrupted();
    facts.unfinished = facts.unfinished || facts.interrupted;
    cap_inconclusive_nights(begun->plan.results, flags.inconclusive_cap, facts);
    facts.ended = format_wall(wall_now());
    return finish(flags, *begun);
}

}  // namespace

void add_gate_verb(Verb const& program) {
    auto flags = std::make_shared<GateFlags>();
    Verb const verb = program.add(
        "gate", "go or no-go: preflight, all drills of a suite, thresholds over their repeats");
    verb.takes("suite", flags->suite, "a suite's file, or the name of one that ships");
    verb.takes("--resume", flags->resume,
               "go on with the gate of this folder, which was interrupted, killed, or ran out of "
               "time: plays what is missing, with the seeds it was planned with; with --done also "
               "one that has come to its end");
    add_cluster_flags(verb, flags->cluster);
    verb.takes("--done", flags->done,
               "a manual item of the suite is done, and who says so: --done "
               "'restore-tested=Ada Lovelace'; with --resume, too")
        .one_value_each_time();
    verb.takes("--seed", flags->seed, "seed of the first repeat of each drill (default: random)");
    verb.takes("--budget", flags->budget,
               "play for this long only, such as 2h: first one repeat of each drill, those of "
               "most value first, then the second ones...");
    verb.takes("--shard", flags->shard,
               "play only this share of the drills, such as 2/3 of three clusters; env/3 takes "
               "which from $JOB_COMPLETION_INDEX or $CI_NODE_INDEX, env also how many from "
               "$CI_NODE_TOTAL");
    verb.takes("--out", flags->out, "where the gate's folder goes (default: runs)");
    verb.takes("--results", flags->results,
               "also add each run to this file (SQLite, made when it is not there) or "
               "database (postgresql://user@host/name), for `trend`");
    verb.takes("--prometheus", flags->prometheus,
               "also write decision and numbers to this file, for the textfile collector of a "
               "node exporter (NAME.prom in its folder)");
    verb.takes("--inconclusive", flags->inconclusive,
               "what it means for the exit code when nothing speaks against it, but something was "
               "not proved: ok or fail (default: fail)")
        .one_of({"ok", "fail"});
    verb.takes("--inconclusive-cap", flags->inconclusive_cap,
               "with --results: a drill that is inconclusive for so many nights running is a "
               "no-go; 0: never")
        .between(0, 1000)
        .shows_default();
    add_on_fail_flag(verb, flags->on_fail);
    verb.takes("--confirm", flags->confirm,
               "the name of a cluster that is production, instead of typing it");
    add_migration_flags(verb, flags->migration);
    verb.flag("--skip-preflight", flags->skip_preflight, "only the drills; the page says so");
    verb.flag("--json", flags->json, "print the decision as JSON");
    verb.footer(
        "Exit codes: 0 go, 1 no-go, 2 undecided (something was not proved), 3 the harness broke,\n"
        "4 something could not be undone.\n"
        "Example: interregnum gate smoke --inventory nightly.json --results nights.sqlite");
    verb.does([flags] { return run_gate(*flags); });
}

}  // namespace interregnum
