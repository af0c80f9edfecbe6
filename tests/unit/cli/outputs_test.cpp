// SPDX-License-Identifier: MIT
#include "harness/cli/outputs.h"

#include <gtest/gtest.h>

#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(CodeWithoutReports, IsAnErrorOfTheHarness) {
    auto record = test::killed_leader().build();
    EXPECT_EQ(exit_code_of(judge(record)), ExitCode::pass);
    EXPECT_EQ(code_without_reports(judge(record)), ExitCode::harness_error);
    record.ended = record::RunEnded{.reason = record::EndReason::interrupted, .at = 82s};
    EXPECT_EQ(exit_code_of(judge(record)), ExitCode::interrupted);
    EXPECT_EQ(code_without_reports(judge(record)), ExitCode::harness_error);
}

TEST(CodeWithoutReports, HidesNoLoss) {
    auto made = test::killed_leader();
    made.lose = {"orders-1-300"};
    EXPECT_EQ(code_without_reports(judge(made.build())), ExitCode::fail);
}

TEST(CodeWithoutReports, HidesNothingThatWasLeftBehind) {
    auto made = test::killed_leader();
    made.lose = {"orders-1-300"};
    made.record.notes.push_back({record::Note::Effect::not_undone, "db1 keeps a rule", 79s});
    EXPECT_EQ(code_without_reports(judge(made.build())), ExitCode::not_undone);
}

}  // namespace
}  // namespace interregnum
