// SPDX-License-Identifier: MIT
#include "tests/cluster/support/planted.h"

#include <gtest/gtest.h>

#include "tests/cluster/support/killed_controller.h"

namespace interregnum::test {

namespace {

using namespace std::chrono_literals;

/// What is gone already may be missing.
void discard(LocalResult const& /*ended*/) {}

/// Leaves only what the fault itself did: no timer, no files of the engine.
void plant(FaultBench& bench, TrialStep const& step) {
    auto const reasons = bench.wait_until_redundant(90s);
    ASSERT_TRUE(reasons.empty()) << step.kind << ": " << reasons.front();
    FaultTrial trial(bench, std::string(step.step));
    bool const proved = trial.inject();
    ASSERT_TRUE(proved || !step.proves_itself) << trial.why();
    trial.abandon();
    for (std::string const& node : trial.targets()) {
        discard(
            on_lab_node(node, {"systemctl", "stop", "interregnum-" + trial.mark() + ".service"}));
        discard(on_lab_node(node, {"rm", "-rf", "/run/interregnum/" + trial.mark()}));
        discard(on_lab_node(node, {"rm", "-f", "/run/interregnum/heal"}));
    }
}

}  // namespace

void plant_and_heal(FaultBench& bench, TrialStep const& step) {
    ASSERT_NO_FATAL_FAILURE(plant(bench, step));
    LocalResult const looked = call({"heal", "--look", "--inventory", "lab"}, 2min);
    EXPECT_EQ(looked.exit_status, 4) << step.kind << ": " << looked.out;
    EXPECT_TRUE(looked.out.contains("ours.")) << step.kind << ": " << looked.out;
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"}, 4min);
    EXPECT_EQ(healed.exit_status, 0) << step.kind << ": " << healed.out << healed.err;
}

std::vector<TrialStep> residue_steps(std::size_t stride) {
    std::vector<TrialStep> chosen;
    std::size_t seen = 0;
    for (TrialStep const& step : self_healing_steps())
        if (step.leaves_residue && seen++ % stride == 0) chosen.push_back(step);
    return chosen;
}

}  // namespace interregnum::test
