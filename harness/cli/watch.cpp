// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/play.h"
#include "harness/cli/play_by_hand.h"
#include "harness/cli/verbs.h"
#include "harness/cli/watch_flags.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

/// Where nobody sits in front of it, how customers fare is worth a line less often.
Duration line_every() { return ::isatty(STDERR_FILENO) == 1 ? 1s : 10s; }

ExitCode watch(WatchFlags const& flags) {
    auto chosen = choose_cluster(flags.cluster);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    Mistakes mistakes;
    Scenario scenario = watch_scenario(flags, mistakes);
    if (!mistakes.empty()) {
        fmt::print(stderr, "{}\ninterregnum: nothing was touched\n", mistakes.text());
        return ExitCode::usage;
    }
    add_bugs(scenario, *chosen);
    std::uint64_t const seed = flags.seed ? *flags.seed : std::random_device()() % 100'000;
    return play_by_hand(std::move(*chosen), {.verb = "watch",
                                             .scenario = std::move(scenario),
                                             .seed = seed,
                                             .out_folder = flags.out,
                                             .trust_new_hosts = flags.cluster.trust_new_hosts,
                                             .json = flags.json,
                                             .confirm = flags.confirm,
                                             .again = watch_again(flags, seed),
                                             .watching = Watching{.line_every = line_every()}});
}

}  // namespace

void add_watch_verb(Verb const& program) {
    auto flags = std::make_shared<WatchFlags>();
    Verb const verb = program.add(
        "watch", "customers and observers only, live, while you work on the cluster by hand");
    add_cluster_flags(verb, flags->cluster);
    verb.takes("--for", flags->span, "how long at most, up to 24h; Ctrl-C ends it before")
        .shows_default();
    verb.takes("--set", flags->sets,
               "set a value of the customers: --set workload.orders.rate=20/s");
    verb.takes("--expect", flags->expects,
               "a condition that it is held to: --expect 'write.downtime <= 5s'");
    verb.takes("--seed", flags->seed, "seed of all random choices (default: random)");
    verb.takes("--out", flags->out, "where run folders go").shows_default();
    verb.takes("--confirm", flags->confirm,
               "the name of a cluster that is production, instead of typing it");
    verb.flag("--json", flags->json, "print the summary as JSON");
    verb.footer(
        "Example: interregnum watch --for 10m --expect 'write.downtime <= 5s'\n"
        "Ctrl-C ends the watching: everything that was bought is read back, and reported; once\n"
        "more, and it stops at once. How long customers could not buy is no failure unless\n"
        "--expect says so; what was lost, doubled or oversold is.");
    verb.does([flags] { return watch(*flags); });
}

}  // namespace interregnum
