// SPDX-License-Identifier: MIT
#include "harness/cli/run_and_report.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/engine/undo_journal.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

TEST(CodeWithoutRecord, IsAnErrorOfTheHarnessWhereEverythingWasUndone) {
    test::TempFolder const folder;
    auto journal = UndoJournal::open(folder / "undo.journal");
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_TRUE(journal->promise({.fault_id = "f1", .kind = "node.crash"}));
    EXPECT_EQ(code_without_record(folder.path()), ExitCode::not_undone);
    ASSERT_TRUE(journal->kept("f1"));
    EXPECT_EQ(code_without_record(folder.path()), ExitCode::harness_error);
}

TEST(CodeWithoutRecord, CallsNothingUndoneThatNobodyCanRead) {
    test::TempFolder const folder;
    EXPECT_EQ(code_without_record(folder.path()), ExitCode::not_undone);
    std::ofstream(folder / "undo.journal") << "no journal\n";
    EXPECT_EQ(code_without_record(folder.path()), ExitCode::not_undone);
}

}  // namespace
}  // namespace interregnum
