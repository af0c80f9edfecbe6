// SPDX-License-Identifier: MIT
#include "harness/engine/preflight.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/verbs.h"
#include "harness/engine/signals.h"

namespace interregnum {

namespace {

struct PreflightFlags {
    ClusterFlags cluster;
    bool json{};
};

ExitCode run_preflight(PreflightFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    StopOnSignal const signals;
    Preflight const found = preflight(chosen->inventory, chosen->secrets,
                                      flags.cluster.trust_new_hosts, signals.token());
    if (signals.interrupted()) return ExitCode::interrupted;
    fmt::print("{}", flags.json ? preflight_json(found) : preflight_text(found));
    return found.fit() ? ExitCode::pass : ExitCode::fail;
}

}  // namespace

void add_preflight_verb(CLI::App& app, int& exit_code) {
    auto flags = std::make_shared<PreflightFlags>();
    CLI::App* verb = app.add_subcommand(
        "preflight", "can this cluster be drilled, and what can each node do; changes nothing");
    add_cluster_flags(*verb, flags->cluster);
    verb->add_flag("--json", flags->json, "print it as JSON");
    verb->footer(
        "Exit code 0: every node can be drilled; 1: not (unreachable, no consent, no root).\n"
        "Example: interregnum preflight --inventory nightly.json");
    verb->callback([flags, &exit_code] { exit_code = static_cast<int>(run_preflight(*flags)); });
}

}  // namespace interregnum
