// SPDX-License-Identifier: MIT
#include <memory>

#include <fmt/format.h>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/verbs.h"
#include "harness/engine/heal_lines.h"
#include "harness/engine/healer.h"
#include "harness/engine/signals.h"
#include "harness/engine/sweep.h"

namespace interregnum {

namespace {

struct HealFlags {
    ClusterFlags cluster;
    bool all{};
    bool print{};
    bool look{};
};

/// Touches nothing, not even the network: this is for the hour when SSH is gone.
ExitCode print_lines(ChosenCluster const& chosen, ClusterState const& state) {
    std::vector<std::pair<std::string, std::vector<Promise>>> runs;
    for (std::string const& folder : state.open_runs()) {
        auto promises = open_promises(folder + "/undo.journal");
        if (!promises) {
            fmt::print(stderr, "interregnum: {}\n", promises.error().message);
            return ExitCode::harness_error;
        }
        runs.emplace_back(folder, std::move(*promises));
    }
    fmt::print("# cluster {}\n{}", chosen.inventory.cluster, heal_lines(runs, sweep_script()));
    return ExitCode::pass;
}

ExitCode heal(HealFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    StopOnSignal const signals;
    auto state = ClusterState::open(chosen->inventory.cluster, chosen->state_folder);
    if (state && flags.print) return print_lines(*chosen, *state);
    Status locked = state ? state->lock("interregnum heal") : std::unexpected(state.error());
    if (!locked) {
        fmt::print(stderr, "interregnum: {}\n", locked.error().message);
        return ExitCode::harness_error;
    }
    HealReport const report = heal_cluster({.inventory = chosen->inventory,
                                            .secrets = chosen->secrets,
                                            .trust_new_hosts = flags.cluster.trust_new_hosts,
                                            .all = flags.all,
                                            .look_only = flags.look},
                                           *state, signals.token());
    for (std::string const& line : report.done) fmt::print("  {}\n", line);
    for (std::string const& line : report.untouched) fmt::print("  {}\n", line);
    for (std::string const& line : report.left) fmt::print("  LEFT: {}\n", line);
    if (report.clean()) {
        fmt::print("CLEAN: nothing of ours is left on cluster {}\n", chosen->inventory.cluster);
        return ExitCode::pass;
    }
    fmt::print("NOT CLEAN: {} thing(s) left; {}\n", report.left.size(),
               flags.look ? "`interregnum heal --all` undoes them on nodes that can be reached"
                          : "mend them by hand and heal again");
    return ExitCode::not_undone;
}

}  // namespace

void add_heal_verb(Verb const& program) {
    auto flags = std::make_shared<HealFlags>();
    Verb const verb =
        program.add("heal", "undo whatever a run left behind, and look whether all is gone");
    add_cluster_flags(verb, flags->cluster);
    verb.flag(
        "--all", flags->all,
        "also sweep every node that allows drills for our names (no journal needed), and drop "
        "the shop");
    verb.flag("--look", flags->look,
              "undo nothing; say what of ours is in force or left (exit 4), or that nothing is");
    verb.flag("--print", flags->print,
              "touch nothing; print the lines to paste into the nodes' consoles");
    verb.footer("Example: interregnum heal --all --inventory nightly.json");
    verb.does([flags] { return heal(*flags); });
}

}  // namespace interregnum
