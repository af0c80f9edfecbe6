// SPDX-License-Identifier: MIT
#include "harness/base/process.h"

#include <array>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

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

/// A pipe that children inherit unless they close it.
struct UniquePipe {
    UniquePipe() { EXPECT_EQ(::pipe(ends.data()), 0); }
    UniquePipe(UniquePipe const&) = delete;
    UniquePipe& operator=(UniquePipe const&) = delete;
    ~UniquePipe() {
        for (int const end : ends) ::close(end);
    }
    std::array<int, 2> ends{};
};

/// What a child says until it closes a stream, or for 10 s.
std::string read_all(int fd) {
    std::string text;
    std::array<char, 4096> part{};
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    while (::poll(&one, 1, 10'000) == 1) {
        ssize_t const got = ::read(fd, part.data(), part.size());
        if (got <= 0) break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    return text;
}

TEST(ChildProcess, ItsStreamsAreOursAndItHasNoOthers) {
    UniquePipe const leak;  // as another thread's would be: without close-on-exec
    auto child = ChildProcess::start(
        {.argv = {"sh", "-c",
                  "read line; echo \"$line $A\"; echo oops >&2; ls /proc/self/fd | wc -l"},
         .environment = {"A=b"}});
    ASSERT_TRUE(child) << child.error().message;
    EXPECT_FALSE(child->exit_status());
    EXPECT_EQ(::send(child->input(), "hi\n", 3, MSG_NOSIGNAL), 3);
    EXPECT_EQ(read_all(child->output()), "hi b\n4\n") << "0, 1, 2 and that of ls itself";
    EXPECT_EQ(read_all(child->errors()), "oops\n");
    for (int i = 0; i < 500 && !child->exit_status(); ++i)
        SteadyClock().sleep_for(std::chrono::milliseconds(10), {});
    EXPECT_EQ(child->exit_status(), 0);
}

TEST(ChildProcess, EndsWithAllThatItStarted) {
    auto child = ChildProcess::start({.argv = {"sh", "-c", "sleep 1000 & echo $!; wait"}});
    ASSERT_TRUE(child) << child.error().message;
    pollfd one{.fd = child->output(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&one, 1, 10'000), 1);
    std::array<char, 64> text{};
    ASSERT_GT(::read(child->output(), text.data(), text.size() - 1), 0);
    pid_t const grandchild = std::atoi(text.data());
    ASSERT_GT(grandchild, 0);
    {
        ChildProcess const ends = *std::move(child);
    }
    // Nobody of ours collects it, so it may stay as a zombie.
    std::string state;
    for (int i = 0; i < 500; ++i) {
        std::ifstream stat("/proc/" + std::to_string(grandchild) + "/stat");
        std::string pid, name;
        if (!(stat >> pid >> name >> state) || state == "Z") break;
        SteadyClock().sleep_for(std::chrono::milliseconds(10), {});
        state = "lives";
    }
    EXPECT_NE(state, "lives");
}

TEST(ChildProcess, AProgramThatIsNotThereIsNamed) {
    auto const child = ChildProcess::start({.argv = {"no-such-program-here"}});
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().kind, Error::Kind::not_found);
    EXPECT_NE(child.error().message.find("no-such-program-here"), std::string::npos);
}

}  // namespace
}  // namespace interregnum
