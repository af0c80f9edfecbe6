// SPDX-License-Identifier: MIT
// Outages of known length, twenty of each kind and length, and beside ours what people time them
// with today. The table is printed line by line; about 65 minutes.
#include "tests/cluster/support/ground_truth.h"

#include <gtest/gtest.h>

#include "harness/lab/lab.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;

TEST(GroundTruthLong, LiesInsideTheReportedIntervalEveryTime) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    std::printf("%s\n", table_head().c_str());
    std::uint64_t seed = 100;
    for (OutageKind const kind : {OutageKind::silent, OutageKind::reset, OutageKind::refused})
        for (int const length : {200, 500, 1000, 1500, 3000, 10'000, 30'000}) {
            // Shorter than the deadline, silence is latency; and each kind has its own list.
            if ((kind == OutageKind::silent) ? length <= 1000 : length == 1500) continue;
            GroundTruthPlan const plan{.kind = kind,
                                       .length = milliseconds(length),
                                       .repeats = 20,
                                       .seed = ++seed,
                                       .beside = true};
            auto const all = measure_known(plan);
            ASSERT_TRUE(all) << all.error().message;
            EXPECT_EQ(all->size(), 20U);
            std::printf("%s\n", table_line(plan, *all).c_str());
            std::fflush(stdout);
            for (Measured const& one : *all) {
                EXPECT_EQ(one.outages, 1) << one.told;
                EXPECT_TRUE(one.holds_truth())
                    << one.switched.count() << " in " << one.at_least.count() << " to "
                    << one.at_most.count() << ", under way " << one.under_way.count();
                EXPECT_LE(one.width(), milliseconds(30));
            }
        }
}

}  // namespace
}  // namespace interregnum::test
