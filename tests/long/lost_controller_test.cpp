// SPDX-License-Identifier: MIT
// A hundred controllers lost at random moments, over all kinds of faults that a node can undo
// itself; and a hundred whose SSH is cut instead.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cluster/support/killed_controller.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

constexpr int runs = 100;
constexpr int in_force_at_least = 60;

class LostControllers : public LabBench, public testing::WithParamInterface<Loss> {};

TEST_P(LostControllers, AHundredAreHealedByTheNodes) {
    auto const steps = self_healing_steps();
    int in_force = 0;
    int not_healed = 0;
    int residues = 0;
    Duration longest{};
    for (int run = 0; run < runs; ++run) {
        auto const seed = static_cast<std::uint64_t>(1000 + run);
        auto const& step = steps[static_cast<std::size_t>(run) % steps.size()];
        LossOutcome const outcome = lose_controller(step, GetParam(), seed);
        in_force += outcome.in_force ? 1 : 0;
        not_healed += outcome.still_there.empty() ? 0 : 1;
        residues += outcome.residues.empty() ? 0 : 1;
        longest = std::max(longest, outcome.healed_after);
        fmt::print("{:3} {:26} {} healed after {:.2f} to {:.2f} s\n", run + 1, outcome.kind,
                   outcome.in_force ? "in force    " : "not in force",
                   std::chrono::duration<double>(outcome.in_force_until).count(),
                   std::chrono::duration<double>(outcome.healed_after).count());
        std::fflush(stdout);
        EXPECT_EQ(outcome.still_there, std::vector<std::string>{}) << outcome.kind << " " << seed;
        EXPECT_EQ(outcome.residues, std::vector<std::string>{}) << outcome.kind << " " << seed;
    }
    fmt::print(
        "{} runs over {} kinds: {} in force at the loss, {} not healed in time, {} with "
        "residues; longest time to healing {:.2f} s\n",
        runs, steps.size(), in_force, not_healed, residues,
        std::chrono::duration<double>(longest).count());
    EXPECT_GE(in_force, in_force_at_least);
}

INSTANTIATE_TEST_SUITE_P(Ways, LostControllers, testing::Values(Loss::killed, Loss::cut_off),
                         [](auto const& way) {
                             return way.param == Loss::killed ? "Killed" : "CutOff";
                         });

}  // namespace
}  // namespace interregnum::test
