// SPDX-License-Identifier: MIT
#include "harness/base/process.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(Process, KeepsStreamsAndStatusApart) {
    auto const result =
        run_local({.argv = {"sh", "-c", "echo out; echo err >&2; exit 3"}, .timeout = 10s});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->exit_status, 3);
    EXPECT_EQ(result->out, "out\n");
    EXPECT_EQ(result->err, "err\n");
}

TEST(Process, ArgumentsArriveAsTheyAre) {
    std::string const nasty = "a b'c\"d$(id)\n-e *";
    auto const result = run_local({.argv = {"printf", "%s", nasty}, .timeout = 10s});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->out, nasty);
}

TEST(Process, InputIsFedAndLargeOutputIsDrained) {
    std::string const input(3'000'000, 'x');
    auto const result = run_local({.argv = {"cat"}, .input = input, .timeout = 20s});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->out.size(), input.size());
}

TEST(Process, OutputOverTheLimitIsDropped) {
    auto const result =
        run_local({.argv = {"head", "-c", "100000", "/dev/zero"}, .output_limit = 1000});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->out.size(), 1000U);
}

TEST(Process, ADeadlineEndsTheWholeGroup) {
    auto const before = std::chrono::steady_clock::now();
    auto const result = run_local({.argv = {"sh", "-c", "sleep 60 & sleep 60"}, .timeout = 200ms});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::timeout);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

TEST(Process, AStopEndsIt) {
    std::stop_source stop;
    stop.request_stop();
    auto const result = run_local({.argv = {"sleep", "60"}}, stop.get_token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::stopped);
}

TEST(Process, AProgramThatIsNotThereIsNamed) {
    auto const result = run_local({.argv = {"no-such-program-here"}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::not_found);
    EXPECT_NE(result.error().message.find("no-such-program-here"), std::string::npos);
}

TEST(Process, ItsVariablesReplaceOursAndTheOthersStay) {
    ::setenv("RUN_LOCAL_A", "ours", 1);
    ::setenv("RUN_LOCAL_B", "kept", 1);
    auto const result = run_local({.argv = {"sh", "-c", "env | grep ^RUN_LOCAL_ | sort"},
                                   .environment = {"RUN_LOCAL_A=its = own", "RUN_LOCAL_C="}});
    ::unsetenv("RUN_LOCAL_A");
    ::unsetenv("RUN_LOCAL_B");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->out, "RUN_LOCAL_A=its = own\nRUN_LOCAL_B=kept\nRUN_LOCAL_C=\n");
}

TEST(Process, ASignalIsAStatus) {
    auto const result = run_local({.argv = {"sh", "-c", "kill -9 $$"}});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->exit_status, 137);
}

TEST(Process, CheckShowsCommandStatusAndStderr) {
    auto const result = check_local({.argv = {"sh", "-c", "echo no such thing >&2; exit 4"}});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("exited with 4: no such thing"), std::string::npos);
}

}  // namespace
}  // namespace interregnum
