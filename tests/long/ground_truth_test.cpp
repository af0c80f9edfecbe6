// SPDX-License-Identifier: MIT
// Outages of known length, twenty of each kind and length, and beside ours what people time them
// with today. About 65 minutes; each line of the table is a test.
#include "tests/cluster/support/ground_truth.h"

#include <gtest/gtest.h>

#include "harness/lab/lab.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;

std::vector<GroundTruthPlan> plans() {
    std::vector<GroundTruthPlan> all;
    for (OutageKind const kind : {OutageKind::silent, OutageKind::reset, OutageKind::refused})
        for (int const length : {200, 500, 1000, 1500, 3000, 10'000, 30'000}) {
            // Shorter than the deadline, silence is latency; and each kind has its own list.
            if ((kind == OutageKind::silent) ? length <= 1000 : length == 1500) continue;
            all.push_back({.kind = kind,
                           .length = milliseconds(length),
                           .repeats = 20,
                           .seed = 100 + all.size(),
                           .beside = true});
        }
    return all;
}

class GroundTruthLong : public testing::TestWithParam<GroundTruthPlan> {};

TEST_P(GroundTruthLong, LiesInsideTheReportedIntervalEveryTime) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    auto const all = measure_known(GetParam());
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->size(), 20U);
    std::printf("%s\n%s\n", table_head().c_str(), table_line(GetParam(), *all).c_str());
    std::fflush(stdout);
    for (Measured const& one : *all) {
        EXPECT_EQ(one.outages, 1) << one.told;
        EXPECT_TRUE(one.holds_truth())
            << one.switched.count() << " in " << one.at_least.count() << " to "
            << one.at_most.count() << ", under way " << one.under_way.count();
        EXPECT_LE(one.width(), milliseconds(30));
    }
}

INSTANTIATE_TEST_SUITE_P(Twenty, GroundTruthLong, testing::ValuesIn(plans()), plan_name);

}  // namespace
}  // namespace interregnum::test
