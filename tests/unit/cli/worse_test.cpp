// SPDX-License-Identifier: MIT
#include "harness/cli/worse.h"

#include <array>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(Worse, KeepsWhatWasFound) {
    using enum ExitCode;
    std::array const worst_first{not_undone, ExitCode::fail, interrupted, harness_error,
                                 usage,      inconclusive,   pass};
    for (std::size_t worse_one = 0; worse_one < worst_first.size(); ++worse_one)
        for (std::size_t other = worse_one; other < worst_first.size(); ++other) {
            ExitCode const expected = worst_first.at(worse_one);
            EXPECT_EQ(worse(expected, worst_first.at(other)), expected);
            EXPECT_EQ(worse(worst_first.at(other), expected), expected);
        }
}

/// The code of what came to `due` and could not be written, and that it was said.
ExitCode unwritten(ExitCode due) {
    testing::internal::CaptureStderr();
    ExitCode const code =
        after_writing(due, fail(Error::Kind::failed, "cannot write night.prom: No space left"));
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "interregnum: cannot write night.prom: No space left\n");
    return code;
}

TEST(AfterWriting, AFileThatCouldNotBeWrittenHidesNoLoss) {
    EXPECT_EQ(unwritten(ExitCode::fail), ExitCode::fail);
    EXPECT_EQ(unwritten(ExitCode::not_undone), ExitCode::not_undone);
    EXPECT_EQ(unwritten(ExitCode::interrupted), ExitCode::interrupted);
}

TEST(AfterWriting, AFileThatCouldNotBeWrittenIsAnErrorElse) {
    EXPECT_EQ(unwritten(ExitCode::pass), ExitCode::harness_error);
    EXPECT_EQ(unwritten(ExitCode::inconclusive), ExitCode::harness_error);
}

TEST(AfterWriting, SaysNothingWhereAllWasWritten) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(after_writing(ExitCode::inconclusive, Status()), ExitCode::inconclusive);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace interregnum
