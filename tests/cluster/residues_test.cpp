// SPDX-License-Identifier: MIT
// One residue of every type is planted: a fault whose controller, timer and journal are all gone.
// `heal` must see it and say so with exit 4; `heal --all` must remove it, by name alone.
#include <gtest/gtest.h>

#include "tests/cluster/support/fault_trial.h"
#include "tests/cluster/support/killed_controller.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

/// What is gone already may be missing.
void discard(LocalResult const& /*ended*/) {}

class Residues : public testing::Test {
protected:
    void SetUp() override {
        auto found = FaultBench::lab();
        if (auto const* why = std::get_if<std::string>(&found)) GTEST_SKIP() << *why;
        bench_ = std::get<std::unique_ptr<FaultBench>>(std::move(found));
    }

    /// Leaves only what the fault itself did: no timer, no files of the engine.
    void plant(TrialStep const& step) {
        auto const reasons = bench_->wait_until_redundant(90s);
        ASSERT_TRUE(reasons.empty()) << step.kind << ": " << reasons.front();
        FaultTrial trial(*bench_, std::string(step.step));
        bool const proved = trial.inject();
        ASSERT_TRUE(proved || !step.proves_itself) << trial.why();
        trial.abandon();
        for (std::string const& node : trial.targets()) {
            discard(on_lab_node(node,
                                {"systemctl", "stop", "interregnum-" + trial.mark() + ".service"}));
            discard(on_lab_node(node, {"rm", "-rf", "/run/interregnum/" + trial.mark()}));
            discard(on_lab_node(node, {"rm", "-f", "/run/interregnum/heal"}));
        }
    }

private:
    std::unique_ptr<FaultBench> bench_;
};

TEST_F(Residues, OfEveryTypeAreSeenAndRemoved) {
    for (TrialStep const& step : self_healing_steps()) {
        if (!step.leaves_residue) continue;
        ASSERT_NO_FATAL_FAILURE(plant(step));
        LocalResult const looked = call({"heal", "--look", "--inventory", "lab"}, 2min);
        EXPECT_EQ(looked.exit_status, 4) << step.kind << ": " << looked.out;
        EXPECT_TRUE(looked.out.contains("ours.")) << step.kind << ": " << looked.out;
        LocalResult const healed = call({"heal", "--all", "--inventory", "lab"}, 4min);
        EXPECT_EQ(healed.exit_status, 0) << step.kind << ": " << healed.out << healed.err;
    }
}

}  // namespace
}  // namespace interregnum::test
