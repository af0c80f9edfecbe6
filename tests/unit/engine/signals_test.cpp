// SPDX-License-Identifier: MIT
#include "harness/engine/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "harness/base/clock.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// Sends this process one, and waits until `asked` is stopped by it; false after ten seconds.
bool stops(int signal, std::stop_token const& asked) {
    ::kill(::getpid(), signal);
    SteadyClock clock;
    Instant const deadline = clock.now() + 10s;
    while (!asked.stop_requested() && clock.now() < deadline) clock.sleep_for(10ms, {});
    return asked.stop_requested();
}

TEST(StopOnSignal, TheFirstOneStopsEverything) {
    StopOnSignal const signals;
    EXPECT_FALSE(signals.interrupted());
    EXPECT_TRUE(stops(SIGTERM, signals.token()));
    EXPECT_TRUE(signals.interrupted());
}

TEST(StopOnSignal, WhereLessWasAskedForTheFirstStopsThatOnly) {
    StopOnSignal signals;
    std::stop_source const enough;
    signals.first_ends(enough);
    EXPECT_TRUE(stops(SIGINT, enough.get_token()));
    EXPECT_FALSE(signals.interrupted());
    // One that is passed on by who was pressed as well is the same press.
    ::kill(::getpid(), SIGINT);
    SteadyClock clock;
    clock.sleep_for(500ms, {});
    EXPECT_FALSE(signals.token().stop_requested());
    EXPECT_TRUE(stops(SIGINT, signals.token()));
    EXPECT_TRUE(signals.interrupted());
}

TEST(StopOnSignal, WhatWasAskedForCanBeTakenBack) {
    StopOnSignal signals;
    std::stop_source const enough;
    signals.first_ends(enough);
    signals.first_ends(std::nullopt);
    EXPECT_TRUE(stops(SIGINT, signals.token()));
    EXPECT_FALSE(enough.stop_requested());
}

}  // namespace
}  // namespace interregnum
