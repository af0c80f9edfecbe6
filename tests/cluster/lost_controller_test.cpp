// SPDX-License-Identifier: MIT
// The short version of tests/long/lost_controller_test.cpp: five lost controllers.
#include <gtest/gtest.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/lab/lab.h"
#include "tests/cluster/support/killed_controller.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

// The path is cut in the lab's network, not in this machine's: so the bench enters that.
class LostController : public LabBench {};

void expect_healed(LossOutcome const& outcome) {
    EXPECT_EQ(outcome.still_there, std::vector<std::string>{})
        << outcome.kind << ": in force until " << format_duration(outcome.in_force_until);
    EXPECT_EQ(outcome.residues, std::vector<std::string>{}) << outcome.kind;
}

TEST_F(LostController, NodesHealThemselvesWhenItIsKilled) {
    auto const steps = self_healing_steps();
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
        expect_healed(lose_controller(steps[seed * 7 % steps.size()], Loss::killed, seed));
}

TEST_F(LostController, NodesHealThemselvesWhenItIsCutOff) {
    auto const steps = self_healing_steps();
    for (std::uint64_t seed = 4; seed <= 5; ++seed)
        expect_healed(lose_controller(steps[seed * 7 % steps.size()], Loss::cut_off, seed));
}

TEST(TrialSteps, EveryKindOfFaultHasOne) {
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        auto const& steps = trial_steps();
        bool const there = std::ranges::any_of(
            steps, [&](TrialStep const& step) { return step.kind == kind->name; });
        EXPECT_TRUE(there) << kind->name << " is never tried: add it to trial_steps.cpp";
    }
}

}  // namespace
}  // namespace interregnum::test
