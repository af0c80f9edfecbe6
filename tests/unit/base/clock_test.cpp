// SPDX-License-Identifier: MIT
#include "harness/base/clock.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(SteadyClock, WasSuspendedForAsLongAsTheTwoClocksDiffer) {
    SteadyClock clock;
    Duration const before = clock.suspended();
    EXPECT_GE(before, 0s);
    clock.sleep_for(10ms, {});
    // Two readings, between which a busy machine may do other things: seconds would be a suspend.
    EXPECT_GE(clock.suspended() - before, -5s);
    EXPECT_LE(clock.suspended() - before, 5s) << "sleeping is none";
}

}  // namespace
}  // namespace interregnum
