// SPDX-License-Identifier: MIT
// Forty seconds of what tests/long does for an hour.
#include "tests/cluster/support/endurance.h"

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

TEST(Endurance, FiveHundredOrdersASecondTakeNoMoreMemory) {
    if (!running_lab()) GTEST_SKIP() << "no lab is up on this machine";
    expect_healthy();
    Endurance const found = endure(std::chrono::seconds(40));
    EXPECT_GT(found.attempts, 500U * 40 * 9 / 10);
    EXPECT_GT(found.acknowledged, found.attempts * 99 / 100);
    EXPECT_GT(found.early_bytes, 0U);
    // What a heap does by itself: its pages are touched one after the other.
    constexpr std::uint64_t breath = 2U << 20U;
    EXPECT_LT(found.late_bytes, found.early_bytes + breath);
}

}  // namespace
}  // namespace interregnum::test
