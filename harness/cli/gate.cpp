// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/base/units.h"
#include "harness/cli/confirm.h"
#include "harness/cli/gate_facts.h"
#include "harness/cli/outputs.h"
#include "harness/cli/play.h"
#include "harness/cli/run_summaries.h"
#include "harness/cli/verbs.h"
#include "harness/engine/access.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

constexpr Duration longest_hook = std::chrono::minutes(1);

struct GateFlags {
    ClusterFlags cluster;
    std::string suite;
    std::vector<std::string> done;
    std::optional<std::uint64_t> seed;
    std::string out{"runs"};
    std::string results;
    std::string inconclusive{"fail"};
    std::string confirm;
    bool skip_preflight{};
    bool json{};
};

GateKind const& judge_of_gates() {
    GateKind const* const kind = Registry<GateKind>::find("default");
    if (kind == nullptr) {
        std::fputs("interregnum: built without a judge of gates\n", stderr);
        std::abort();
    }
    return *kind;
}

/// One line on stderr about how far the gate is: stdout is for results.
void progress(std::string const& line) {
    std::fflush(stdout);
    fmt::print(stderr, "gate: {}\n", line);
}

/// Runs every hook, whatever became of those before; what failed is a trouble.
void run_hooks(std::vector<Hook> const& hooks, std::string_view when,
               std::vector<std::string>& troubles) {
    for (Hook const& hook : hooks) {
        progress(fmt::format("{} the drills: {}", when, show_command(hook)));
        if (auto const ran = check_local({.argv = hook, .timeout = longest_hook}); !ran)
            troubles.push_back(fmt::format("hook {} the drills: {}", when, ran.error().message));
    }
}

/// What the folder of a run says, or that it says nothing.
GateRun run_in(Reported const& reported, Play const& one, Inventory const& inventory) {
    GateRun run{.not_undone = reported.code == ExitCode::not_undone,
                .interrupted = reported.code == ExitCode::interrupted};
    auto summary = reported.folder.empty()
                       ? fail(Error::Kind::failed, "it left no report; its error is on stderr")
                       : read_run(reported.folder);
    if (summary) {
        run.summary = std::move(*summary);
        run.folder = fs::path(reported.folder).filename();
    } else {
        run.summary = {.scenario = one.scenario.name,
                       .cluster = inventory.cluster,
                       .seed = one.seed,
                       .verdict = Verdict::error,
                       .because = summary.error().message};
    }
    return run;
}

bool proved_something(GateRun const& run) {
    return run.summary.verdict == Verdict::pass || run.summary.verdict == Verdict::fail;
}

/// A gate that is under way.
class Gate {
public:
    Gate(Suite& suite, Plays const& plays, ClusterState& state, StopOnSignal& signals)
        : suite_(&suite), plays_(&plays), state_(&state), signals_(&signals) {}

    /// All drills of the suite, until something says that nothing more may be tried; none if
    /// `nothing_more` says why already.
    void play_all(GateFacts& facts, std::string nothing_more) {
        for (std::size_t index = 0; index < suite_->drills.size(); ++index) {
            SuiteDrill const& drill = suite_->drills[index];
            facts.drills.push_back({.scenario = drill.scenario.name,
                                    .title = drill.scenario.title,
                                    .repeats = drill.repeats,
                                    .thresholds = drill.thresholds,
                                    .not_played = nothing_more});
            if (!nothing_more.empty()) continue;
            nothing_more = play_one(
                drill, fmt::format("drill {} of {}", index + 1, suite_->drills.size()), facts);
        }
    }

private:
    /// Plays a drill, the last of the facts, as often as asked. Returns why nothing more may be
    /// played after it, or "".
    std::string play_one(SuiteDrill const& drill, std::string const& which, GateFacts& facts) {
        GateDrill& into = facts.drills.back();
        int proved = 0;
        for (int played = 0; proved < drill.repeats; ++played) {
            if (played >= drill.repeats + suite_->retries) {
                into.not_played =
                    fmt::format("{} of {} plays proved nothing", played - proved, played);
                return {};
            }
            progress(fmt::format("{}: {}, {} of {}{}", which, drill.scenario.name, proved + 1,
                                 drill.repeats,
                                 played > proved ? " (again: one proved nothing)" : ""));
            Play const one{.scenario = drill.scenario,
                           .seed = facts.first_seed + static_cast<std::uint64_t>(played),
                           .sets = drill.sets,
                           .expects = drill.expects};
            Reported const reported = play(*plays_, one, *state_, *signals_);
            into.runs.push_back(run_in(reported, one, plays_->chosen.inventory));
            if (proved_something(into.runs.back())) ++proved;
            // The drill itself was well: its row is not in the results, and no night may miss it.
            if (reported.code == ExitCode::harness_error &&
                into.runs.back().summary.verdict != Verdict::error)
                facts.troubles.push_back(fmt::format(
                    "{}, seed {}: it could not be added to the results; the error is on stderr",
                    one.scenario.name, one.seed));
            std::string stopped;
            if (signals_->interrupted()) stopped = "interrupted";
            if (into.runs.back().not_undone) stopped = "a fault could not be undone";
            if (!stopped.empty()) {
                if (proved < drill.repeats) into.not_played = stopped;
                return stopped;
            }
            if (suite_->stop_when_clear && proved < drill.repeats &&
                judge_of_gates().is_lost(into)) {
                into.not_played = "it is clear already: no further play could make it a go";
                return {};
            }
        }
        return {};
    }

    Suite* suite_;
    Plays const* plays_;
    ClusterState* state_;
    StopOnSignal* signals_;
};

Status write_page(std::string const& folder, GateJudgement const& judged) {
    for (auto const& [name, content] :
         {std::pair("gate.html", &judged.html), std::pair("gate.md", &judged.markdown),
          std::pair("gate.json", &judged.json), std::pair("junit.xml", &judged.junit)})
        if (Status written = write_file(folder + "/" + name, *content); !written) return written;
    return {};
}

ExitCode code_of(GateJudgement const& judged, GateFacts const& facts, bool undecided_is_ok) {
    if (judged.not_undone) return ExitCode::not_undone;
    if (judged.decision == Decision::no_go) return ExitCode::fail;
    if (facts.interrupted) return ExitCode::interrupted;
    if (judged.harness_broke) return ExitCode::harness_error;
    if (judged.decision == Decision::undecided && !undecided_is_ok) return ExitCode::inconclusive;
    return ExitCode::pass;
}

/// The suite of the command line with its manual items ticked; prints what is wrong with it.
std::optional<Suite> read_suite(GateFlags const& flags, ChosenCluster const& chosen) {
    Mistakes mistakes;
    std::vector<std::string> const nodes = node_names(chosen.inventory);
    auto const file = find_suite(flags.suite);
    auto suite = file ? load_suite(*file, mistakes, &nodes) : std::unexpected(file.error());
    Status ticked;
    if (suite) ticked = tick(flags.done, format_wall(wall_now()), suite->manual);
    std::string wrong = mistakes.text();
    if (!suite) wrong += fmt::format("interregnum: {}\n", suite.error().message);
    if (suite && !ticked) wrong += fmt::format("interregnum: {}\n", ticked.error().message);
    if (wrong.empty()) return std::move(*suite);
    fmt::print(stderr, "{}interregnum: nothing was touched\n", wrong);
    return std::nullopt;
}

/// Looks whether the cluster is fit, and plays the drills if nothing that was found forbids it: a
/// cluster that loses orders standing still need not be broken to be refused.
void look_and_play(GateFlags const& flags, ChosenCluster const& chosen, Gate& gate,
                   Suite const& suite, StopOnSignal& signals, GateFacts& facts) {
    if (flags.skip_preflight)
        facts.not_looked = "--skip-preflight";
    else if (suite.preflight == Suite::Preflight::off)
        facts.not_looked = "the suite has \"preflight\": \"off\"";
    if (facts.not_looked.empty()) {
        progress("preflight");
        Preflight const found = preflight(chosen.inventory, chosen.secrets,
                                          flags.cluster.trust_new_hosts, signals.token());
        add_preflight(found, suite.preflight, facts);
    }
    std::string why;
    if (signals.interrupted())
        why = "interrupted";
    else if (!facts.troubles.empty())
        why = "a hook before the drills failed";
    else if (!facts.cannot_drill.empty())
        why = "the cluster cannot be drilled";
    else if (std::ranges::any_of(facts.findings, &GateFinding::forbids))
        why = "the preflight forbids it; --skip-preflight plays it all the same";
    gate.play_all(facts, why);
}

ExitCode run_gate(GateFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    auto suite = read_suite(flags, *chosen);
    if (!suite) return ExitCode::usage;
    for (SuiteDrill& drill : suite->drills) add_bugs(drill.scenario, *chosen);
    if (Status const meant = confirm_production(chosen->inventory, flags.confirm, terminal_input());
        !meant) {
        fmt::print(stderr, "interregnum: {}\n", meant.error().message);
        return ExitCode::usage;
    }
    StopOnSignal signals;  // before every other thread
    auto state = locked_state(*chosen, "interregnum gate");
    if (!state) return ExitCode::harness_error;
    GateFacts facts{.suite = suite->name,
                    .title = suite->title,
                    .cluster = chosen->inventory.cluster,
                    .environment = chosen->inventory.environment,
                    .version = INTERREGNUM_VERSION,
                    .began = format_wall(wall_now()),
                    .first_seed = flags.seed ? *flags.seed : std::random_device()() % 100'000,
                    .not_in_suite = left_out(*suite),
                    .manual = suite->manual};
    std::string const folder =
        fmt::format("{}/{}-gate-{}", flags.out, format_wall_for_file(wall_now()), suite->name);
    Plays const plays{.flags = flags.cluster,
                      .chosen = *chosen,
                      .out_folder = folder,
                      .results = flags.results,
                      .report = {.quiet = flags.json}};
    run_hooks(suite->before, "before", facts.troubles);
    Gate gate(*suite, plays, *state, signals);
    look_and_play(flags, *chosen, gate, *suite, signals, facts);
    run_hooks(suite->after, "after", facts.troubles);
    facts.interrupted = signals.interrupted();
    facts.ended = format_wall(wall_now());
    GateJudgement const judged = judge_of_gates().judge(facts);
    std::error_code ignored;  // write_page says why it cannot write
    fs::create_directories(folder, ignored);
    Status const written = write_page(folder, judged);
    fmt::print("{}", flags.json ? judged.json : '\n' + judged.text);
    if (!written) fmt::print(stderr, "interregnum: {}\n", written.error().message);
    add_to_step_summary(judged.markdown);
    if (!flags.json) fmt::print("  page       {}/gate.html\n{}\n", folder, judged.because);
    std::fflush(stdout);
    ExitCode const code = code_of(judged, facts, flags.inconclusive == "ok");
    return written ? code : worse(code, ExitCode::harness_error);
}

}  // namespace

void add_gate_verb(Verb const& program) {
    auto flags = std::make_shared<GateFlags>();
    Verb const verb = program.add(
        "gate", "go or no-go: preflight, all drills of a suite, thresholds over their repeats");
    verb.takes("suite", flags->suite, "a suite's file, or the name of one that ships").required();
    add_cluster_flags(verb, flags->cluster);
    verb.takes("--done", flags->done,
               "a manual item of the suite is done, and who says so: --done "
               "'restore-tested=Ada Lovelace'")
        .one_value_each_time();
    verb.takes("--seed", flags->seed, "seed of the first repeat of each drill (default: random)");
    verb.takes("--out", flags->out, "where the gate's folder goes").shows_default();
    verb.takes("--results", flags->results,
               "also add each run to this file (SQLite, made when it is not there) or "
               "database (postgresql://user@host/name), for `trend`");
    verb.takes("--inconclusive", flags->inconclusive,
               "what it means for the exit code when nothing speaks against it, but something was "
               "not proved")
        .one_of({"ok", "fail"})
        .shows_default();
    verb.takes("--confirm", flags->confirm,
               "the name of a cluster that is production, instead of typing it");
    verb.flag("--skip-preflight", flags->skip_preflight, "only the drills; the page says so");
    verb.flag("--json", flags->json, "print the decision as JSON");
    verb.footer(
        "Exit codes: 0 go, 1 no-go, 2 undecided (something was not proved), 3 the harness broke,\n"
        "4 something could not be undone.\n"
        "Example: interregnum gate smoke --inventory nightly.json --results nights.sqlite");
    verb.does([flags] { return run_gate(*flags); });
}

}  // namespace interregnum
