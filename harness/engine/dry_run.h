// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/view.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// One step as it would be played now.
struct RehearsedStep {
    Step const* step{};
    // Of a fault step only:
    Duration wait{};  ///< of a run with this seed
    Duration wait_limit{};
    std::vector<std::string> targets;     ///< empty: nobody has the role now
    std::optional<FaultPlan> plan;        ///< none when there are no targets, or on a problem
    std::string problem;                  ///< why no plan came about
    std::string id;                       ///< what stands for FaultRequest::id of a real run
    std::vector<std::string> objections;  ///< why a run would refuse to inject it
    std::vector<std::string> armed;       ///< nodes that hold the undo while it is in force
};

/// A scenario as it would be played now, step by step, with every command that would be run.
/// Made from a look at the cluster; touches nothing.
struct DryRun {
    Scenario const* scenario{};
    std::string cluster;
    std::uint64_t seed{};
    InForce expected;  ///< what a run would be held to under the cluster's settings of now
    std::vector<RehearsedStep> steps;

    [[nodiscard]] bool somebody_has_every_role() const;
    [[nodiscard]] bool every_step_has_a_plan() const;
    /// The quorum guard and the limits let every step pass.
    [[nodiscard]] bool every_step_is_allowed() const;
};

/// `scenario` must outlive what comes back. Random choices are those of a run with this seed.
[[nodiscard]] DryRun dry_run(Scenario const& scenario, std::string cluster, ClusterView view,
                             std::uint64_t seed);

[[nodiscard]] std::string dry_run_text(DryRun const& run);
[[nodiscard]] std::string dry_run_json(DryRun const& run);

}  // namespace interregnum
