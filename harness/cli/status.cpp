// SPDX-License-Identifier: MIT
#include <memory>

#include <fmt/format.h>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/status_text.h"
#include "harness/cli/verbs.h"
#include "harness/cluster/look.h"
#include "harness/engine/signals.h"

namespace interregnum {

namespace {

ExitCode status(ClusterFlags const& flags) {
    auto chosen = choose_cluster(flags);
    if (!chosen) {
        fmt::print(stderr, "interregnum: {}\n", chosen.error().message);
        return chosen.error().code;
    }
    StopOnSignal const signals;
    ClusterView const view = look_at_cluster(chosen->inventory, chosen->secrets,
                                             std::chrono::seconds(2), signals.token());
    fmt::print("{}", status_text(view));
    return not_redundant_because(view, 1 << 20).empty() ? ExitCode::pass : ExitCode::fail;
}

}  // namespace

void add_status_verb(Verb const& program) {
    auto flags = std::make_shared<ClusterFlags>();
    Verb const verb = program.add(
        "status", "the cluster as it is: members, roles, lag, Sentinels, load balancers");
    add_cluster_flags(verb, *flags);
    verb.footer("Exit code 0: fully redundant; 1: not. Example: interregnum status");
    verb.does([flags] { return status(*flags); });
}

}  // namespace interregnum
