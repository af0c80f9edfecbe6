// SPDX-License-Identifier: MIT
#include "harness/engine/node_state.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/engine/database_facts.h"
#include "harness/record/node_difference.h"
#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(NodeState, MembersSlotsAreNamedAsPatroniNamesThem) {
    EXPECT_EQ(slot_of_member("db1"), "db1");
    EXPECT_EQ(slot_of_member("DB-1.example"), "db_1_example");
    EXPECT_EQ(slot_of_member("a b$c'\""), "au0032bu0036cu0039u0034");
}

/// A node whose clock is so far from ours, and whose script says so.
std::unique_ptr<test::ScriptedTransport> node(Duration clock_off, std::string const& said) {
    auto made = std::make_unique<test::ScriptedTransport>();
    made->on_call({"date", "+%s%N"}, [=](RemoteCommand const&) -> Result<RemoteResult> {
        return RemoteResult{.exit_status = 0,
                            .out = fmt::format("{}\n", (wall_now() + clock_off).count()),
                            .err = "",
                            .sent = SteadyClock().now(),
                            .returned = SteadyClock().now()};
    });
    made->otherwise([=](RemoteCommand const&) -> Result<RemoteResult> {
        return RemoteResult{.exit_status = 0, .out = said, .err = ""};
    });
    return made;
}

TEST(NodeState, TheClockIsComparedWithTheControllers) {
    Fleet fleet;
    fleet.add("right", node(0s, "nft=1\n"));
    fleet.add("ahead", node(1h, "nft=1\n"));
    auto const states = node_states(fleet, {"right", "ahead"}, {}, "before", 1s, {});
    ASSERT_EQ(states.size(), 2U);
    for (auto const& state : states) {
        EXPECT_TRUE(state.complete);
        EXPECT_EQ(state.facts.at("nft"), "1");
    }
    // Their clocks are an hour apart, and nothing else is.
    auto const apart = record::node_differences(states[0], states[1]);
    ASSERT_EQ(apart.size(), 1U);
    EXPECT_TRUE(apart[0].starts_with("clock: was \"")) << apart[0];
    EXPECT_TRUE(apart[0].contains("is \"3600") || apart[0].contains("is \"3599")) << apart[0];
}

TEST(NodeState, TheScriptGetsTheSlotsOfTheMembers) {
    Fleet fleet;
    auto transport = node(0s, "");
    test::ScriptedTransport const& told = *transport;
    fleet.add("db1", std::move(transport));
    static_cast<void>(node_states(fleet, {"db1"}, {"db-1", "$(reboot)"}, "before", {}, {}));
    ASSERT_EQ(told.calls().size(), 2U);
    EXPECT_EQ(told.calls()[1].argv,
              (std::vector<std::string>{"sh", "-s", "--", "db_1", "u0036u0040rebootu0041"}));
}

TEST(NodeState, ANodeWhoseClockIsNoTimeHasNone) {
    Fleet fleet;
    auto silent = std::make_unique<test::ScriptedTransport>();
    silent->on({"date", "+%s%N"}, 0, "17%N\n");
    silent->otherwise([](RemoteCommand const&) -> Result<RemoteResult> {
        return RemoteResult{.exit_status = 0, .out = "nft=1\n", .err = ""};
    });
    fleet.add("busybox", std::move(silent));
    auto const states = node_states(fleet, {"busybox"}, {}, "before", {}, {});
    EXPECT_TRUE(states.at(0).complete);
    EXPECT_EQ(states.at(0).facts, (std::map<std::string, std::string>{{"nft", "1"}}));
}

TEST(NodeState, ANodeThatCannotBeAskedIsIncomplete) {
    Fleet fleet;
    auto dead = std::make_unique<test::ScriptedTransport>();
    dead->otherwise([](RemoteCommand const&) -> Result<RemoteResult> {
        return fail(Error::Kind::unreachable, "no route to host");
    });
    fleet.add("db1", std::move(dead));
    EXPECT_FALSE(node_states(fleet, {"db1"}, {}, "after", {}, {}).at(0).complete);
}

}  // namespace
}  // namespace interregnum
