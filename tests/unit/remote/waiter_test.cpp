// SPDX-License-Identifier: MIT
#include "harness/remote/waiter.h"

#include <array>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>

namespace interregnum {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pipe {
    Pipe() {
        std::array<int, 2> fds{};
        EXPECT_EQ(::pipe(fds.data()), 0);
        in = UniqueFd(fds[1]);
        out = UniqueFd(fds[0]);
    }
    UniqueFd in;
    UniqueFd out;
};

TEST(Waiter, ReadyWhenThereIsSomething) {
    Pipe const pipe;
    ASSERT_EQ(::write(pipe.in.value(), "x", 1), 1);
    Waiter const waiter(SteadyClock().now() + seconds(5), {});
    EXPECT_EQ(waiter.wait(pipe.out.value(), POLLIN), Wake::ready);
    EXPECT_EQ(waiter.state(), Wake::ready);
}

TEST(Waiter, TimesOutNotBeforeTheDeadline) {
    Pipe const pipe;
    Instant const deadline = SteadyClock().now() + milliseconds(30);
    Waiter const waiter(deadline, {});
    EXPECT_EQ(waiter.wait(pipe.out.value(), POLLIN), Wake::timeout);
    EXPECT_GE(SteadyClock().now(), deadline);
    EXPECT_EQ(waiter.state(), Wake::timeout);
}

TEST(Waiter, APassedDeadlineStillSeesWhatIsThere) {
    Pipe const pipe;
    ASSERT_EQ(::write(pipe.in.value(), "x", 1), 1);
    Waiter const waiter(SteadyClock().now() - seconds(1), {});
    EXPECT_EQ(waiter.wait(pipe.out.value(), POLLIN), Wake::ready);
}

TEST(Waiter, AStopWakesIt) {
    Pipe const pipe;
    std::stop_source const source;
    Waiter const waiter(SteadyClock().now() + seconds(60), source.get_token());
    Instant const before = SteadyClock().now();
    std::jthread const stopper([&source] { source.request_stop(); });
    EXPECT_EQ(waiter.wait(pipe.out.value(), POLLIN), Wake::stopped);
    EXPECT_LT(SteadyClock().now() - before, seconds(30));
    EXPECT_EQ(waiter.state(), Wake::stopped);
}

TEST(Waiter, AStopRequestedBeforeWins) {
    Pipe const pipe;
    ASSERT_EQ(::write(pipe.in.value(), "x", 1), 1);
    std::stop_source const source;
    source.request_stop();
    Waiter const waiter(SteadyClock().now() + seconds(60), source.get_token());
    EXPECT_EQ(waiter.wait(pipe.out.value(), POLLIN), Wake::stopped);
}

TEST(WakeError, SaysWhatWasWaitedFor) {
    Error const late = wake_error(Wake::timeout, Error::Kind::unreachable, "dialling");
    EXPECT_EQ(late.kind, Error::Kind::unreachable);
    EXPECT_EQ(late.message, "dialling: no answer in time");
    EXPECT_EQ(wake_error(Wake::stopped, Error::Kind::unreachable, "x").kind, Error::Kind::stopped);
}

}  // namespace
}  // namespace interregnum
