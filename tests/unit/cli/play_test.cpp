// SPDX-License-Identifier: MIT
#include "harness/cli/play.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

/// What becomes of a run with that code when its folder holds nothing that results could be taken
/// from.
Reported kept(ExitCode code) {
    test::TempFolder const folder;
    Reported reported{.code = code, .folder = folder.path()};
    testing::internal::CaptureStderr();
    keep_in_results(folder / "nights.sqlite", reported);
    std::string const said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(said.empty(), reported.not_in_results.empty()) << said;
    EXPECT_TRUE(said.contains(reported.not_in_results)) << said;
    return reported;
}

TEST(KeepInResults, HidesNoLossWhereTheyCannotBeWritten) {
    for (ExitCode const code : {ExitCode::fail, ExitCode::not_undone}) {
        Reported const reported = kept(code);
        EXPECT_EQ(reported.code, code);
        EXPECT_NE(reported.not_in_results, "") << "a gate has to tell of it all the same";
    }
}

TEST(KeepInResults, IsAnErrorOfTheHarnessWhereNothingWasFound) {
    for (ExitCode const code : {ExitCode::pass, ExitCode::inconclusive}) {
        Reported const reported = kept(code);
        EXPECT_EQ(reported.code, ExitCode::harness_error);
        EXPECT_NE(reported.not_in_results, "");
    }
}

TEST(KeepInResults, LeavesOutWhatIsNoResult) {
    EXPECT_EQ(kept(ExitCode::interrupted).not_in_results, "");
    Reported without_report{.code = ExitCode::fail};
    keep_in_results("nights.sqlite", without_report);
    EXPECT_EQ(without_report.not_in_results, "");
    EXPECT_EQ(without_report.code, ExitCode::fail);
}

}  // namespace
}  // namespace interregnum
