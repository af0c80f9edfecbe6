// SPDX-License-Identifier: MIT
#include "harness/cli/play.h"

#include <array>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(WorstOfRuns, KeepsWhatARunHasFound) {
    using enum ExitCode;
    std::array const worst_first{not_undone, fail,         interrupted, harness_error,
                                 usage,      inconclusive, pass};
    for (std::size_t worse_one = 0; worse_one < worst_first.size(); ++worse_one)
        for (std::size_t other = worse_one; other < worst_first.size(); ++other) {
            ExitCode const expected = worst_first.at(worse_one);
            EXPECT_EQ(worst_of_runs(expected, worst_first.at(other)), expected);
            EXPECT_EQ(worst_of_runs(worst_first.at(other), expected), expected);
        }
}

TEST(Worse, SaysOfOneThingWhatItCouldNotDo) {
    EXPECT_EQ(worse(ExitCode::fail, ExitCode::harness_error), ExitCode::harness_error);
    EXPECT_EQ(worse(ExitCode::interrupted, ExitCode::fail), ExitCode::interrupted);
    EXPECT_EQ(worse(ExitCode::interrupted, ExitCode::not_undone), ExitCode::not_undone);
}

}  // namespace
}  // namespace interregnum
