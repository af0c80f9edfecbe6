// SPDX-License-Identifier: MIT
#include "harness/cli/gate_begin.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/mistakes.h"
#include "harness/base/units.h"
#include "harness/cli/gate_facts.h"
#include "harness/cli/gate_folder.h"
#include "harness/cli/gate_play.h"
#include "harness/cli/results_file.h"
#include "harness/engine/access.h"
#include "harness/engine/healer.h"
#include "harness/engine/node_lock.h"
#include "harness/engine/undo_journal.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

std::unexpected<ChoiceError> refuse(Error const& error, ExitCode code) {
    return std::unexpected(ChoiceError{.code = code, .message = error.message});
}

std::string host_name() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) return "?";
    return host.data();
}

/// Whoever gave a file's path from here may go on from elsewhere.
std::string absolute(std::string const& path) { return fs::absolute(path).lexically_normal(); }

/// What a new gate sets out to do. Errors are of the command line.
Result<GatePlan> make_plan(GateFlags const& flags, Suite const& suite) {
    auto const file = find_suite(flags.suite);
    if (!file) return std::unexpected(file.error());
    auto plan = plan_of_files(suite, *file);
    if (!plan) return plan;
    if (!flags.shard.empty()) {
        auto const shard = parse_shard(flags.shard, [](std::string const& name) {
            char const* const value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        });
        if (!shard) return std::unexpected(shard.error());
        plan->shard = *shard;
    }
    if (static_cast<std::size_t>(plan->shard.count) > suite.drills.size())
        return fail(Error::Kind::invalid,
                    fmt::format("--shard {}: the suite has {} drills: more shards than that have "
                                "nothing to play",
                                flags.shard, suite.drills.size()));
    std::string const& inventory = flags.cluster.inventory;
    plan->inventory = inventory.empty() || inventory == "lab" ? inventory : absolute(inventory);
    plan->began = format_wall(wall_now());
    plan->first_seed = flags.seed ? *flags.seed : std::random_device()() % 100'000;
    bool const is_file = flags.results.find("://") == std::string::npos;
    plan->results = flags.results.empty() || !is_file ? flags.results : absolute(flags.results);
    plan->migration = flags.migration;
    plan->skip_preflight = flags.skip_preflight;
    plan->inconclusive_is_ok = flags.inconclusive == "ok";
    plan->done = ticked_of(suite.manual);
    return plan;
}

/// What is known before anything is played; leaves the drills of this shard in the suite.
GateFacts first_facts(GatePlan const& plan, Inventory const& inventory, Suite& suite) {
    GateFacts facts{.suite = suite.name,
                    .title = suite.title,
                    .cluster = inventory.cluster,
                    .environment = inventory.environment,
                    .version = INTERREGNUM_VERSION,
                    .began = plan.began,
                    .first_seed = plan.first_seed,
                    .resumed = plan.resumed,
                    .not_in_suite = left_out(suite),
                    .manual = suite.manual};
    if (plan.shard.count > 1)
        facts.shard = fmt::format("{}/{}", plan.shard.index, plan.shard.count);
    std::vector<int> const shards = split(suite, plan.shard.count);
    std::vector<SuiteDrill> mine;
    for (std::size_t index = 0; index < shards.size(); ++index) {
        SuiteDrill& drill = suite.drills[index];
        if (shards[index] != plan.shard.index) {
            facts.elsewhere.push_back(fmt::format("{} (shard {}/{})", drill.scenario.name,
                                                  shards[index], plan.shard.count));
            continue;
        }
        facts.drills.push_back({.scenario = drill.scenario.name,
                                .title = drill.scenario.title,
                                .repeats = drill.repeats,
                                .thresholds = drill.thresholds});
        mine.push_back(std::move(drill));
    }
    suite.drills = std::move(mine);
    return facts;
}

/// Looks whether results can be kept where the plan says.
std::expected<void, ChoiceError> results_are_kept(GatePlan const& plan) {
    if (plan.results.empty()) return {};
    Status const kept = try_results(plan.results);
    if (kept) return {};
    return refuse(kept.error(), kept.error().kind == Error::Kind::invalid
                                    ? ExitCode::usage
                                    : ExitCode::harness_error);
}

/// The folders of the plays after which something may be left on the nodes: those that were cut
/// off, and those of them that are results all the same, for what they lost or could not undo.
std::vector<std::string> plays_to_heal(GateFacts const& facts) {
    std::vector<std::string> folders;
    for (GateDrill const& drill : facts.drills) {
        for (CutOffPlay const& play : drill.cut_off) folders.push_back(play.folder);
        for (GateRun const& run : drill.runs)
            if (run.interrupted || run.not_undone) folders.push_back(run.folder);
    }
    return folders;
}

/// Undoes what a killed controller left.
std::expected<void, ChoiceError> heal_first(GateFlags const& flags, ChosenCluster const& chosen,
                                            Begun const& begun, ClusterState& state,
                                            StopOnSignal const& signals) {
    auto const fleet = make_fleet(chosen.inventory, flags.cluster.trust_new_hosts);
    for (std::string const& play : plays_to_heal(begun.facts)) {
        // On its own machine the cluster's lock proves that it is dead: so nobody needs to wait
        // until the nodes forget its lock.
        if (begun.plan.host == host_name())
            release_node_lock(*fleet, node_names(chosen.inventory), play);
        // Another machine, or another user, does not remember that run: its journal does.
        std::string const run_folder = begun.folder + '/' + play;
        auto const promises = open_promises(run_folder + "/undo.journal");
        if (!promises || promises->empty()) continue;
        if (Status const noted = state.open_run(play, run_folder); !noted)
            return refuse(noted.error(), ExitCode::harness_error);
    }
    if (state.open_runs().empty()) return {};
    gate_progress("undoing what the interrupted gate has left");
    HealReport const report = heal_cluster({.inventory = chosen.inventory,
                                            .secrets = chosen.secrets,
                                            .trust_new_hosts = flags.cluster.trust_new_hosts},
                                           state, signals.token());
    for (std::string const& line : report.done) gate_progress(line);
    for (std::string const& line : report.left) gate_progress("LEFT: " + line);
    if (signals.interrupted())
        return std::unexpected(ChoiceError{ExitCode::interrupted, "nothing was played"});
    if (report.clean()) return {};
    return std::unexpected(
        ChoiceError{ExitCode::not_undone,
                    "nothing was played: mend that by hand, `interregnum heal`, and resume again"});
}

}  // namespace

std::expected<Begun, ChoiceError> begin_gate(GateFlags const& flags, ChosenCluster const& chosen,
                                             Suite suite) {
    auto plan = make_plan(flags, suite);
    if (!plan) return refuse(plan.error(), ExitCode::usage);
    plan->version = INTERREGNUM_VERSION;
    plan->host = host_name();
    plan->cluster = chosen.inventory.cluster;
    if (auto const kept = results_are_kept(*plan); !kept) return std::unexpected(kept.error());
    auto folder = make_gate_folder(flags.out.empty() ? "runs" : flags.out, suite.name);
    Status const saved = folder ? save_plan(*plan, *folder) : std::unexpected(folder.error());
    if (!saved) return refuse(saved.error(), ExitCode::harness_error);
    GateFacts facts = first_facts(*plan, chosen.inventory, suite);
    return Begun{.plan = std::move(*plan),
                 .suite = std::move(suite),
                 .folder = std::move(*folder),
                 .facts = std::move(facts)};
}

std::expected<Begun, ChoiceError> resume_gate(GateFlags const& flags, ChosenCluster const& chosen,
                                              Suite suite, GatePlan plan, ClusterState& state,
                                              StopOnSignal const& signals) {
    auto now = plan_of_files(suite, plan.suite_file);
    if (!now) return refuse(now.error(), ExitCode::usage);
    now->version = INTERREGNUM_VERSION;
    now->cluster = chosen.inventory.cluster;
    if (Status const same = same_gate(plan, *now); !same)
        return refuse(same.error(), ExitCode::usage);
    if (auto const kept = results_are_kept(plan); !kept) return std::unexpected(kept.error());
    plan.resumed.push_back(format_wall(wall_now()));
    plan.done = ticked_of(suite.manual);
    Begun begun{.plan = std::move(plan), .folder = flags.resume};
    begun.facts = first_facts(begun.plan, chosen.inventory, suite);
    begun.suite = std::move(suite);
    if (Status const read = add_plays_of(begun.folder, begun.facts, begun.suite.retries); !read)
        return refuse(read.error(), read.error().kind == Error::Kind::failed
                                        ? ExitCode::harness_error
                                        : ExitCode::usage);
    if (auto const healed = heal_first(flags, chosen, begun, state, signals); !healed)
        return std::unexpected(healed.error());
    begun.plan.host = host_name();
    Status saved = forget_gate_end(begun.folder);
    if (saved) saved = save_plan(begun.plan, begun.folder);
    if (!saved) return refuse(saved.error(), ExitCode::harness_error);
    if (begun.plan.results.empty()) return begun;
    // Whoever was killed may not have come to it; what is there already is replaced by itself.
    for (GateDrill const& drill : begun.facts.drills)
        for (GateRun const& run : drill.runs)
            if (Status const added =
                    add_to_results(begun.plan.results, begun.folder + '/' + run.folder);
                !added)
                begun.facts.troubles.push_back(added.error().message);
    return begun;
}

}  // namespace interregnum
