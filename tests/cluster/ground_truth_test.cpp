// SPDX-License-Identifier: MIT
// Outages of known length are measured rightly: a few; tests/long has them all, twenty times each.
#include "tests/cluster/support/ground_truth.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class GroundTruth : public testing::TestWithParam<GroundTruthPlan> {
protected:
    void SetUp() override {
        if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
        expect_redundant_lab();
    }
};

TEST_P(GroundTruth, LiesInsideTheReportedInterval) {
    auto const all = measure_undisturbed(GetParam());
    ASSERT_TRUE(all) << all.error().message;
    // What came out right all the same stands; what did not may be the machine's doing.
    bool const right = std::ranges::all_of(*all, [](Measured const& one) {
        return one.outages == 1 && one.holds_truth() && one.width() <= milliseconds(30);
    });
    if (!right && worst_stall(*all) >= disturbing)
        GTEST_SKIP()
            << "wrong, but twice the machine let nobody run for a while, the last time for "
            << worst_stall(*all).count() << " ns: nothing can be measured to 30 ms here";
    ASSERT_EQ(all->size(), static_cast<std::size_t>(GetParam().repeats));
    std::printf("%s\n%s\n", table_head().c_str(), table_line(GetParam(), *all).c_str());
    for (Measured const& one : *all) {
        EXPECT_EQ(one.outages, 1) << one.told;
        EXPECT_TRUE(one.holds_truth())
            << one.switched.count() << " in " << one.at_least.count() << " to "
            << one.at_most.count() << ", under way " << one.under_way.count();
        EXPECT_LE(one.width(), milliseconds(30));
        EXPECT_LT(one.unsure, milliseconds(1)) << "the switch itself";
    }
}

TEST(GroundTruthOfAStall, IsLatencyAndNoDowntime) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    auto const all =
        measure_undisturbed({.kind = OutageKind::stall, .length = milliseconds(500), .repeats = 3});
    ASSERT_TRUE(all) << all.error().message;
    // What came out right all the same stands; what did not may be the machine's doing.
    bool const right = std::ranges::all_of(
        *all, [](Measured const& one) { return one.outages == 0 && one.kept == Duration::zero(); });
    if (!right && worst_stall(*all) >= disturbing)
        GTEST_SKIP()
            << "wrong, but twice the machine let nobody run for a while, the last time for "
            << worst_stall(*all).count() << " ns: nothing can be measured to 30 ms here";
    for (Measured const& one : *all) {
        EXPECT_EQ(one.outages, 0);
        EXPECT_EQ(one.kept, Duration::zero());
        EXPECT_GT(one.longest_wait, milliseconds(490)) << "of the one that was due as it began";
    }
}

INSTANTIATE_TEST_SUITE_P(
    Few, GroundTruth,
    testing::Values(
        GroundTruthPlan{.kind = OutageKind::silent, .length = milliseconds(1500), .repeats = 2},
        GroundTruthPlan{.kind = OutageKind::silent, .length = seconds(10), .seed = 2},
        GroundTruthPlan{.kind = OutageKind::reset, .length = milliseconds(200), .repeats = 2},
        GroundTruthPlan{.kind = OutageKind::reset, .length = seconds(3), .seed = 3},
        GroundTruthPlan{.kind = OutageKind::refused, .length = milliseconds(500), .repeats = 2},
        GroundTruthPlan{.kind = OutageKind::refused, .length = seconds(3), .seed = 4}),
    plan_name);

}  // namespace
}  // namespace interregnum::test
