// SPDX-License-Identifier: MIT
#include "harness/engine/preflight.h"

#include <fmt/format.h>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/migration_flags.h"
#include "harness/cli/verbs.h"
#include "harness/engine/signals.h"

namespace interregnum {

namespace {

struct PreflightFlags {
    ClusterFlags cluster;
    MigrationFlags migration;
    bool json{};
};

ExitCode run_preflight(PreflightFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    auto const migration = migration_sides(flags.migration, *chosen);
    if (!migration) {
        fmt::print(stderr, "interregnum: {}\n", migration.error().message);
        return ExitCode::usage;
    }
    StopOnSignal const signals;
    Preflight const found = preflight(chosen->inventory, chosen->secrets,
                                      flags.cluster.trust_new_hosts, *migration, signals.token());
    if (signals.interrupted()) return ExitCode::interrupted;
    fmt::print("{}", flags.json ? preflight_json(found) : preflight_text(found));
    return found.fit() && found.fitness.fit() ? ExitCode::pass : ExitCode::fail;
}

}  // namespace

void add_preflight_verb(Verb const& program) {
    auto flags = std::make_shared<PreflightFlags>();
    Verb const verb = program.add(
        "preflight",
        "can this cluster be drilled, what can each node do, is it fit for production; changes "
        "nothing");
    add_cluster_flags(verb, flags->cluster);
    add_migration_flags(verb, flags->migration);
    verb.flag("--json", flags->json, "print it as JSON");
    verb.footer(
        "Exit code 0: every node can be drilled, and nothing says stop to production; 1: a node\n"
        "cannot (unreachable, no consent, no root), or something does. Warnings, notes and what "
        "is\n"
        "not known leave it at 0.\n"
        "With --source, tables, rows, times and sequences that did not arrive whole say stop, "
        "too.\n"
        "Example: interregnum preflight --inventory nightly.json\n"
        "         interregnum preflight --inventory new.json --source "
        "postgresql://shop@old-db/shop --source-password env:OLD_PASSWORD");
    verb.does([flags] { return run_preflight(*flags); });
}

}  // namespace interregnum
