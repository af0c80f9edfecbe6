// SPDX-License-Identifier: MIT
#include "harness/cli/outputs.h"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

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

/// What `show` says while stdout is that file; closes it.
Status shown_to(int file, std::string const& text) {
    std::fflush(stdout);
    int const before = ::dup(STDOUT_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::close(file);
    Status result = show(text);
    int const nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);  // what is still held goes there
    ::dup2(nowhere, STDOUT_FILENO);
    std::fflush(stdout);
    std::clearerr(stdout);
    ::dup2(before, STDOUT_FILENO);
    ::close(nowhere);
    ::close(before);
    return result;
}

TEST(Show, TellsThatItCouldNot) {
    for (std::size_t const size : {std::size_t{10}, std::size_t{1'000'000}}) {
        int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        ASSERT_GE(full, 0);
        Status const shown = shown_to(full, std::string(size, 'x'));
        ASSERT_FALSE(shown) << size;
        EXPECT_TRUE(shown.error().message.starts_with("cannot write to standard output: "));
    }
}

TEST(Show, IsDoneWhenItsReaderHasGone) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ::close(ends[0]);
    auto* const before = std::signal(SIGPIPE, SIG_IGN);  // as run_program does
    EXPECT_TRUE(shown_to(ends[1], "the verdict\n"));
    std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace interregnum
