// SPDX-License-Identifier: MIT
#include "harness/engine/dry_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/engine/active_fault.h"
#include "harness/engine/draws.h"
#include "harness/engine/run_started.h"
#include "harness/engine/safety.h"

namespace interregnum {

namespace {

/// `lost`: nodes that the faults before it, which are still in force then, have taken away.
RehearsedStep rehearse(Step const& step, int number, Limits const& limits, ClusterView& view,
                       Draws& draws, std::vector<std::string>& lost) {
    RehearsedStep made{.step = &step};
    auto const* fault = std::get_if<FaultStep>(&step.what);
    if (fault == nullptr) return made;
    made.id = fmt::format("RUN_f{}", number);
    made.wait_limit = fault->random_wait.value_or(view.loop_wait);
    made.wait = draws.wait(made.wait_limit);
    view.draw = draws.choice();
    made.targets = targets_of(*fault->kind, fault->options, view);
    if (made.targets.empty()) return made;
    auto plan = fault->kind->plan({.id = made.id,
                                   .options = fault->options,
                                   .targets = made.targets,
                                   .view = view,
                                   .lease = fault->lease});
    if (!plan) {
        made.problem = plan.error().message;
        return made;
    }
    made.objections = objections(*plan, lost, view, limits);
    lost.insert(lost.end(), plan->nodes_lost.begin(), plan->nodes_lost.end());
    // It and all before it are undone before the next one begins.
    if (!fault->with_next) lost.clear();
    made.armed = nodes_to_arm(*plan);
    made.plan = std::move(*plan);
    return made;
}

bool is_fault(RehearsedStep const& one) {
    return std::holds_alternative<FaultStep>(one.step->what);
}

}  // namespace

bool DryRun::somebody_has_every_role() const {
    return std::ranges::none_of(
        steps, [](RehearsedStep const& one) { return is_fault(one) && one.targets.empty(); });
}

bool DryRun::every_step_has_a_plan() const {
    return std::ranges::all_of(steps, [](RehearsedStep const& one) { return one.problem.empty(); });
}

bool DryRun::every_step_is_allowed() const {
    return std::ranges::all_of(steps,
                               [](RehearsedStep const& one) { return one.objections.empty(); });
}

DryRun dry_run(Scenario const& scenario, std::string cluster, ClusterView view,
               std::uint64_t seed) {
    DryRun run{.scenario = &scenario,
               .cluster = std::move(cluster),
               .seed = seed,
               .expected = in_force_on(scenario, view),
               .steps = {}};
    Draws draws(seed);
    int faults = 0;
    std::vector<std::string> lost;
    for (Step const& step : scenario.steps) {
        faults += std::holds_alternative<FaultStep>(step.what) ? 1 : 0;
        run.steps.push_back(rehearse(step, faults, scenario.limits, view, draws, lost));
    }
    return run;
}

}  // namespace interregnum
