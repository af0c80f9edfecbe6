// SPDX-License-Identifier: MIT
// An hour at 500 orders a second: the controller's memory does not grow.
#include "tests/cluster/support/endurance.h"

#include <gtest/gtest.h>

namespace interregnum::test {
namespace {

TEST(EnduranceLong, FiveHundredOrdersASecondTakeNoMoreMemory) {
    expect_no_growth(std::chrono::seconds(3600));
}

}  // namespace
}  // namespace interregnum::test
