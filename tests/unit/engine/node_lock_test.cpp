// SPDX-License-Identifier: MIT
#include "harness/engine/node_lock.h"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/process.h"
#include "harness/engine/leftovers.h"
#include "harness/engine/run_stop.h"
#include "harness/engine/sweep.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

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

/// A clock that moves only when it is told to, and a machine that is suspended when it is told to.
/// Safe to share between threads.
class WakingClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        std::scoped_lock const lock(mutex_);
        return now_;
    }
    [[nodiscard]] Duration suspended() const override {
        std::scoped_lock const lock(mutex_);
        return suspended_;
    }
    bool sleep_until(Instant when, std::stop_token stop) override {
        std::unique_lock lock(mutex_);
        somebody_sleeps_ = true;
        changed_.notify_all();
        changed_.wait(lock, stop, [&] { return now_ >= when; });
        return !stop.stop_requested();
    }
    /// As soon as somebody sleeps.
    void move_on(Duration span) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return somebody_sleeps_; });
        now_ += span;
        changed_.notify_all();
    }
    void suspend(Duration span) {
        std::scoped_lock const lock(mutex_);
        suspended_ += span;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    bool somebody_sleeps_{};
    Instant now_{};
    Duration suspended_{};
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

/// A lock of db1, on which the commands after taking it are answered by `renewals`, and what was
/// told of its loss.
class HeldLock {
public:
    explicit HeldLock(std::vector<Result<RemoteResult>> renewals) {
        auto node = std::make_unique<test::ScriptedTransport>();
        node_ = node.get();
        node->otherwise(
            [this, answers = std::move(renewals)](RemoteCommand const&) -> Result<RemoteResult> {
                std::size_t const call = node_->calls().size() - 1;  // with this one
                if (call == 0) return RemoteResult{};
                return answers.at(std::min(call, answers.size()) - 1);
            });
        fleet_.add("db1", std::move(node));
        auto made = NodeLock::take(fleet_, {"db1"}, "r1", clock, {}, [this](std::string why) {
            told_.set_value(std::move(why));  // throws if it is told twice
        });
        EXPECT_TRUE(made) << made.error().message;
        lock.emplace(std::move(*made));
    }
    /// What was told, within some seconds; "" when nothing was.
    std::string told() {
        return lost_.wait_for(30s) == std::future_status::ready ? lost_.get() : "";
    }
    /// How many commands the node was given. Not while it may be given one.
    [[nodiscard]] std::size_t calls() const { return node_->calls().size(); }

    WakingClock clock;

private:
    std::promise<std::string> told_;
    std::future<std::string> lost_ = told_.get_future();
    Fleet fleet_;
    test::ScriptedTransport* node_{};

public:
    std::optional<NodeLock> lock;  ///< goes first
};

TEST(NodeLock, IsLookedAtAsSoonAsTheMachineWakesUp) {
    HeldLock held({taken()});
    held.clock.suspend(300s);
    held.clock.move_on(1s);
    EXPECT_TRUE(held.told().contains("lost to run r2 of pid 7 on elsewhere"));
    EXPECT_EQ(held.clock.now(), Instant() + 1s);
}

TEST(NodeLock, IsLookedAtBeforeAnythingIsInjectedByAMachineThatWasSuspended) {
    HeldLock held({RemoteResult{}, taken()});
    EXPECT_TRUE(held.lock->holds({}, 60s));
    EXPECT_EQ(held.calls(), 1U) << "nobody has to be asked what is known";
    held.clock.suspend(30s);
    EXPECT_TRUE(held.lock->holds({}, 60s)) << "it was renewed in time";
    EXPECT_TRUE(held.lock->holds({}, 60s));
    EXPECT_EQ(held.calls(), 2U) << "once is enough";
    held.clock.suspend(300s);
    for (int time = 0; time < 2; ++time) {
        Status const lost = held.lock->holds({}, 60s);
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().kind, Error::Kind::refused);
        EXPECT_TRUE(lost.error().message.contains("run r2")) << lost.error().message;
    }
    EXPECT_EQ(held.calls(), 3U);
    EXPECT_TRUE(held.told().contains("run r2")) << "the run is told, too";
}

TEST(NodeLock, IsNotTakenForHeldWhileNoNodeAnswers) {
    HeldLock held({fail(Error::Kind::unreachable, "the network wakes up"), RemoteResult{}});
    held.clock.suspend(300s);
    Status const unknown = held.lock->holds({}, 0s);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, Error::Kind::unreachable);
    EXPECT_TRUE(held.lock->holds({}, 0s)) << "it answers now";
}

TEST(NodeLock, IsLookedAtWhereItWasNotRenewedForLong) {
    HeldLock held({taken()});
    held.clock.move_on(90s);  // the process stood still; the machine did not
    EXPECT_FALSE(held.lock->holds({}, 0s));
    EXPECT_TRUE(held.told().contains("run r2"));
}

/// Who hears "another run has it" asks at once why: RunStop must know by then.
TEST(NodeLock, IsToldToBeLostBeforeAnybodyHearsSo) {
    Fleet fleet;
    LockedNode const db1(fleet, "db1", {taken()});
    WakingClock clock;
    std::promise<Error::Kind> heard;
    NodeLock* lock = nullptr;
    auto taken_lock = NodeLock::take(fleet, {"db1"}, "r1", clock, {}, [&](std::string const&) {
        std::jthread([&] {
            std::stop_source stop;
            stop.request_stop();  // else it waits for who tells, and that is here
            Status const held = lock->holds(stop.get_token(), 0s);
            heard.set_value(held ? Error::Kind::failed : held.error().kind);
        }).join();
    });
    ASSERT_TRUE(taken_lock) << taken_lock.error().message;
    lock = &*taken_lock;
    clock.suspend(300s);
    EXPECT_EQ(lock->holds({}, 0s).error().kind, Error::Kind::refused);
    EXPECT_EQ(heard.get_future().get(), Error::Kind::unreachable);
}

TEST(NodeLock, HoldsNobodyWhoIsToStopWhileTheNodesAreAsked) {
    std::promise<void> asked;
    std::promise<void> answers;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->otherwise([&, calls = 0](RemoteCommand const&) mutable -> Result<RemoteResult> {
        if (++calls != 2) return RemoteResult{};
        asked.set_value();
        answers.get_future().wait();
        return RemoteResult{};
    });
    Fleet fleet;
    fleet.add("db1", std::move(node));
    WakingClock clock;
    auto lock = NodeLock::take(fleet, {"db1"}, "r1", clock, {},
                               [](std::string const& why) { ADD_FAILURE() << why; });
    ASSERT_TRUE(lock) << lock.error().message;
    clock.suspend(300s);
    auto const asks = std::async(std::launch::async, [&] { return lock->holds({}, 0s); });
    asked.get_future().wait();
    std::stop_source stop;
    auto waits = std::async(std::launch::async, [&] { return lock->holds(stop.get_token(), 60s); });
    stop.request_stop();
    EXPECT_EQ(waits.wait_for(30s), std::future_status::ready);
    answers.set_value();
    Status const stopped = waits.get();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, Error::Kind::unreachable);
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

/// Two find a stale lock at the same time; the other one's `mv` comes first, and so does its new
/// lock: here, when this one is about to move the stale one away.
TEST(NodeLock, IsNotTakenFromWhoWasQuickerToReplaceAStaleOne) {
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    test::ScriptedTransport const& told = *node;
    node->otherwise([](RemoteCommand const&) -> Result<RemoteResult> { return taken(); });
    fleet.add("db1", std::move(node));
    test::HandClock clock;
    ASSERT_FALSE(NodeLock::take(fleet, {"db1"}, "r1", clock, {}, [](std::string const&) {}));
    ASSERT_FALSE(told.calls().empty());
    std::vector<std::string> argv = told.calls().front().argv;
    test::TempFolder const folder;
    constexpr std::string_view there = "/run/interregnum.owner";
    std::string& script = argv.at(2);
    std::size_t const at = script.find(there);
    ASSERT_NE(at, std::string::npos);
    std::string const file = folder / "owner";
    script.replace(at, there.size(), file);
    argv.insert(argv.begin(), {"env", "PATH=" + folder.path() + ":/usr/bin:/bin"});
    std::ofstream(folder / "mv") << "#!/bin/sh\necho '99999999999 5 r2 pid 7' >\"" << file
                                 << "\"\nexec /bin/mv \"$@\"\n";
    std::filesystem::permissions(folder / "mv", std::filesystem::perms::owner_all);
    std::ofstream(file) << "1 0 r0 pid 6\n";
    auto const done = run_local({.argv = argv});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->exit_status, 75) << done->err;
    std::string line;
    std::ifstream held(file);
    std::getline(held, line);
    EXPECT_EQ(line, "99999999999 5 r2 pid 7");
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

TEST(RunStop, AsksTheLockThatTheRunHas) {
    HeldLock held({taken()});
    RunStop stop({});
    stop.lock_taken(*held.lock);
    EXPECT_TRUE(stop.holds({}, 0s));
    held.clock.suspend(300s);
    EXPECT_FALSE(stop.holds({}, 0s));
}

TEST(RunStop, TakesNodesForItsOwnUntilOneSaysWhoseTheyAre) {
    HeldLock held({fail(Error::Kind::unreachable, "the network wakes up"), taken()});
    RunStop stop({});
    stop.lock_taken(*held.lock);
    EXPECT_TRUE(stop.still_ours(0s));
    held.clock.suspend(300s);
    EXPECT_TRUE(stop.still_ours(0s)) << "no node answers";
    EXPECT_FALSE(stop.still_ours(0s));
    EXPECT_FALSE(stop.still_ours(0s));
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
