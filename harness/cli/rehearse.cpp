// SPDX-License-Identifier: MIT
#include "harness/cli/rehearse.h"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "harness/cli/outputs.h"
#include "harness/cli/worse.h"
#include "harness/cluster/look.h"
#include "harness/engine/dry_run.h"
#include "harness/engine/signals.h"
#include "harness/scenario/expand.h"

namespace interregnum {

ExitCode rehearse(ChosenCluster const& chosen, std::vector<Scenario> const& scenarios,
                  std::uint64_t seed, bool json) {
    StopOnSignal const signals;
    ClusterView const view =
        look_at_cluster(chosen.inventory, chosen.secrets, std::chrono::seconds(2), signals.token());
    if (signals.interrupted()) return ExitCode::interrupted;
    for (std::string const& problem : view.problems) complain(problem);
    ExitCode total = ExitCode::pass;
    for (Scenario const& written : scenarios) {
        auto const scenario = expanded(written, chosen.inventory.nodes, seed);
        if (!scenario) {
            complain(fmt::format("{}: {}", written.name, scenario.error().message));
            return ExitCode::usage;
        }
        DryRun const shown = dry_run(*scenario, chosen.inventory.cluster, view, seed);
        total = after_writing(total, show(json ? dry_run_json(shown) : dry_run_text(shown)));
        if (!shown.somebody_has_every_role() || !shown.every_step_is_allowed())
            total = worse(total, ExitCode::inconclusive);
        if (!shown.every_step_has_a_plan()) total = worse(total, ExitCode::usage);
    }
    return total;
}

}  // namespace interregnum
