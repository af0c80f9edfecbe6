// SPDX-License-Identifier: MIT
#include "harness/base/nearest.h"

#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

std::vector<std::string> const names{"node.crash", "process.kill", "target", "leader"};

TEST(Nearest, FindsTheSlip) {
    EXPECT_EQ(nearest("node.crahs", names), "node.crash");
    EXPECT_EQ(nearest("proces.kill", names), "process.kill");
    EXPECT_EQ(nearest("leadr", names), "leader");
    EXPECT_EQ(did_you_mean("targte", names), " (did you mean \"target\"?)");
}

TEST(Nearest, StaysSilentWhenNothingIsNear) {
    EXPECT_EQ(nearest("zzz", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest(std::string(100'000, 'x'), names), "");
    EXPECT_EQ(did_you_mean("completely-else", names), "");
}

}  // namespace
}  // namespace interregnum
