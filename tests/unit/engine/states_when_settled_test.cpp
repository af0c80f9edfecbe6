// SPDX-License-Identifier: MIT
#include "harness/engine/states_when_settled.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/support/hand_clock.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

record::NodeState db1(std::string const& patroni, bool complete = true) {
    return {.node = "db1", .complete = complete, .facts = {{"unit.patroni", patroni}}};
}

TEST(StatesWhenSettled, AreAwaitedWhileSomethingIsOnItsWayBack) {
    test::HandClock clock;
    int looks = 0;
    auto const take = [&looks] {
        ++looks;
        if (looks == 1) return std::vector{db1("active", false)};
        return std::vector{db1(looks == 2 ? "activating" : "active")};
    };
    auto const states = states_when_settled({db1("active")}, take, 20s, clock);
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].facts.at("unit.patroni"), "active");
    EXPECT_EQ(looks, 3);
    EXPECT_EQ(clock.now(), Instant() + 1s);
}

TEST(StatesWhenSettled, AreAsTheyAreWhenNothingComesBack) {
    test::HandClock clock;
    auto const take = [] { return std::vector{db1("failed")}; };
    auto const states = states_when_settled({db1("active")}, take, 20s, clock);
    ASSERT_EQ(states.size(), 1U);
    EXPECT_EQ(states[0].facts.at("unit.patroni"), "failed");
    EXPECT_EQ(clock.now(), Instant() + 20s);
    static_cast<void>(states_when_settled({db1("active")}, take, 0s, clock));
    EXPECT_EQ(clock.now(), Instant() + 20s) << "nobody waits where nobody is to";
}

}  // namespace
}  // namespace interregnum
