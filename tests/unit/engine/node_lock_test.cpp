// SPDX-License-Identifier: MIT
#include "harness/engine/node_lock.h"

#include <algorithm>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/leftovers.h"
#include "harness/engine/run_stop.h"
#include "harness/engine/sweep.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view another = "run r2 of pid 7 on elsewhere\n";

/// Answers the lock's commands in turn: `first` (which takes it), then `renewals`, the last of them
/// for ever.
class LockedNode {
public:
    LockedNode(Fleet& fleet, std::string name, std::vector<Result<RemoteResult>> renewals)
        : answers_(std::move(renewals)) {
        auto node = std::make_unique<test::ScriptedTransport>();
        node->otherwise([this](RemoteCommand const&) -> Result<RemoteResult> {
            std::size_t const call = calls_++;
            if (call == 0) return RemoteResult{};
            return answers_.at(std::min(call, answers_.size()) - 1);
        });
        fleet.add(std::move(name), std::move(node));
    }

private:
    std::vector<Result<RemoteResult>> answers_;
    std::size_t calls_{};
};

RemoteResult taken() { return {.exit_status = 75, .out = {}, .err = std::string(another)}; }

TEST(NodeLock, TellsOnceThatAnotherRunHasIt) {
    Fleet fleet;
    LockedNode const db1(fleet, "db1",
                         {RemoteResult{}, fail(Error::Kind::unreachable, "cut off"), taken()});
    LockedNode const db2(fleet, "db2", {RemoteResult{}, RemoteResult{}, taken()});
    test::HandClock clock;
    std::promise<std::string> told;
    int times = 0;
    auto lock = NodeLock::take(fleet, {"db1", "db2"}, "r1", clock, {}, [&](std::string why) {
        if (++times == 1) told.set_value(std::move(why));
    });
    ASSERT_TRUE(lock) << lock.error().message;
    auto why = told.get_future();
    ASSERT_EQ(why.wait_for(60s), std::future_status::ready);
    std::string const text = why.get();
    EXPECT_TRUE(text.starts_with("the lock of db1 was lost to run r2 of pid 7 on elsewhere,"))
        << text;
    lock->release();
    EXPECT_EQ(times, 1);
    EXPECT_EQ(clock.now(), Instant() + 60s) << "two renewals were good enough";
}

TEST(NodeLock, IsNotTakenWhereAnotherRunHasIt) {
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->otherwise([](RemoteCommand const&) -> Result<RemoteResult> { return taken(); });
    fleet.add("db1", std::move(node));
    test::HandClock clock;
    auto const lock = NodeLock::take(fleet, {"db1"}, "r1", clock, {},
                                     [](std::string const& why) { ADD_FAILURE() << why; });
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().kind, Error::Kind::refused);
    EXPECT_TRUE(lock.error().message.contains("run r2")) << lock.error().message;
}

TEST(RunStop, IsOneTokenForBothReasons) {
    std::stop_source signal;
    RunStop asked(signal.get_token());
    EXPECT_FALSE(asked.token().stop_requested());
    signal.request_stop();
    EXPECT_TRUE(asked.token().stop_requested());
    EXPECT_EQ(asked.lost(), "");

    RunStop lost({});
    lost.lock_lost("db1 is r2's");
    EXPECT_TRUE(lost.token().stop_requested());
    EXPECT_EQ(lost.lost(), "db1 is r2's");
}

/// A run sweeps when it has its lock already; who heals knows of no run that goes on.
TEST(NodeLock, IsLeftByTheSweepOfItsOwnRun) {
    constexpr std::string_view file = "/run/interregnum.owner";
    EXPECT_TRUE(sweep_script().contains(file));
    EXPECT_FALSE(sweep_script_of_a_run().contains(file));
    Fleet fleet;
    auto transport = std::make_unique<test::ScriptedTransport>();
    test::ScriptedTransport const& told = *transport;
    transport->otherwise([](RemoteCommand const&) -> Result<RemoteResult> {
        return RemoteResult{.exit_status = 0, .out = "undid disk.fill (f1)\n", .err = {}};
    });
    fleet.add("db1", std::move(transport));
    record::NodeState const dirty{.node = "db1", .facts = {{"ours.files", "f1"}}};
    auto const leftovers = sweep_dirty_nodes(fleet, {dirty}, {});
    EXPECT_EQ(leftovers.swept.size(), 1U);
    ASSERT_EQ(told.calls().size(), 1U);
    EXPECT_TRUE(told.calls()[0].input.contains("/run/interregnum/*/undo"));
    EXPECT_FALSE(told.calls()[0].input.contains(file));
}

}  // namespace
}  // namespace interregnum
