// SPDX-License-Identifier: MIT
// Twenty-five seconds of what tests/long does for an hour.
#include "tests/cluster/support/endurance.h"

#include <gtest/gtest.h>

namespace interregnum::test {
namespace {

TEST(Endurance, FiveHundredOrdersASecondTakeNoMoreMemory) {
    expect_no_growth(std::chrono::seconds(25));
}

}  // namespace
}  // namespace interregnum::test
