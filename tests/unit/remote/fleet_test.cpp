// SPDX-License-Identifier: MIT
#include "harness/remote/fleet.h"

#include <mutex>
#include <semaphore>
#include <thread>

#include <gtest/gtest.h>

#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ScriptedTransport;

class FleetTest : public testing::Test {
protected:
    ScriptedTransport& add(std::string const& name) {
        auto transport = std::make_unique<ScriptedTransport>();
        ScriptedTransport& node = *transport;
        fleet_.add(name, std::move(transport));
        return node;
    }
    Fleet fleet_;
};

TEST_F(FleetTest, RunsOnTheNodeNamed) {
    ScriptedTransport const& db1 = add("db1");
    ScriptedTransport& db2 = add("db2");
    db2.on({"hostname"}, 0, "db2\n");
    auto const result = fleet_.run_on("db2", {.argv = {"hostname"}}, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->out, "db2\n");
    EXPECT_TRUE(db1.calls().empty());
    EXPECT_EQ(fleet_.names(), (std::vector<std::string>{"db1", "db2"}));
}

TEST_F(FleetTest, AnUnknownNodeIsNamedWithTheNearest) {
    add("db1");
    auto const result = fleet_.run_on("bd1", {.argv = {"true"}}, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::not_found);
    EXPECT_NE(result.error().message.find("\"db1\""), std::string::npos) << result.error().message;
}

TEST_F(FleetTest, NodesRunInParallelAndOneNodesCommandsInOrder) {
    ScriptedTransport& db1 = add("db1");
    ScriptedTransport& db2 = add("db2");
    // Each command ends only when the other has started.
    std::binary_semaphore a_started(0);
    std::binary_semaphore b_started(0);
    db1.on_call({"a"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        a_started.release();
        EXPECT_TRUE(b_started.try_acquire_for(seconds(10)));
        return RemoteResult{};
    });
    db1.on({"d"}, 0);
    db2.on_call({"b"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        b_started.release();
        EXPECT_TRUE(a_started.try_acquire_for(seconds(10)));
        return RemoteResult{};
    });
    auto const results = fleet_.run_all({{.node = "db1", .command = {.argv = {"a"}}},
                                         {.node = "db2", .command = {.argv = {"b"}}},
                                         {.node = "nobody", .command = {.argv = {"c"}}},
                                         {.node = "db1", .command = {.argv = {"d"}}}},
                                        {});
    ASSERT_EQ(results.size(), 4U);
    EXPECT_TRUE(results[0]);
    EXPECT_TRUE(results[1]);
    ASSERT_FALSE(results[2]);
    EXPECT_EQ(results[2].error().kind, Error::Kind::not_found);
    EXPECT_TRUE(results[3]);
    EXPECT_EQ(db1.argvs(), (std::vector<ScriptedTransport::Argv>{{"a"}, {"d"}}));
    EXPECT_EQ(db2.argvs(), (std::vector<ScriptedTransport::Argv>{{"b"}}));
}

/// Tells when it was told and when it was waited for.
class SplitTransport final : public Transport {
public:
    SplitTransport(std::string name, std::mutex& mutex, std::vector<std::string>& log)
        : name_(std::move(name)), mutex_(&mutex), log_(&log) {}
    bool send_ahead(RemoteCommand const& command) override {
        note("send " + command.argv[0]);
        return true;
    }
    bool poise(RemoteCommand const& command, std::stop_token /*stop*/) override {
        note("poise " + command.argv[0]);
        return true;
    }
    Result<RemoteResult> run(RemoteCommand const& command, std::stop_token /*stop*/) override {
        note("wait " + command.argv[0]);
        return RemoteResult{.exit_status = command.argv[0] == "bad" ? 1 : 0};
    }
    Status connect(std::stop_token /*stop*/) override { return {}; }

private:
    void note(std::string const& what) {
        std::scoped_lock const lock(*mutex_);
        log_->push_back(name_ + " " + what);
    }
    std::string name_;
    std::mutex* mutex_;
    std::vector<std::string>* log_;
};

TEST_F(FleetTest, AllNodesAreToldBeforeTheFirstIsWaitedFor) {
    std::mutex mutex;
    std::vector<std::string> log;
    for (char const* name : {"db1", "db2", "db3"})
        fleet_.add(name, std::make_unique<SplitTransport>(name, mutex, log));
    auto const results = fleet_.run_all({{.node = "db1", .command = {.argv = {"a"}}},
                                         {.node = "db1", .command = {.argv = {"b"}}},
                                         {.node = "db2", .command = {.argv = {"c"}}},
                                         {.node = "db3", .command = {.argv = {"d"}}}},
                                        {});
    ASSERT_EQ(results.size(), 4U);
    for (auto const& result : results) EXPECT_TRUE(result);
    ASSERT_EQ(log.size(), 7U) << "b is run as always: only one command a node can be under way";
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_NE(log[i].find(" send "), std::string::npos) << log[i];
    for (std::size_t i = 3; i < 7; ++i)
        EXPECT_NE(log[i].find(" wait "), std::string::npos) << log[i];
}

TEST_F(FleetTest, TheFirstCommandOfEachNodeIsPoised) {
    std::mutex mutex;
    std::vector<std::string> log;
    for (char const* name : {"db1", "db2"})
        fleet_.add(name, std::make_unique<SplitTransport>(name, mutex, log));
    fleet_.poise({{.node = "db1", .command = {.argv = {"a"}}},
                  {.node = "db1", .command = {.argv = {"b"}}},
                  {.node = "nobody", .command = {.argv = {"c"}}},
                  {.node = "db2", .command = {.argv = {"d"}}}},
                 {});
    EXPECT_EQ(log, (std::vector<std::string>{"db1 poise a", "db2 poise d"}));
}

TEST_F(FleetTest, WhatIsNotToGoOnIsNotRun) {
    std::mutex mutex;
    std::vector<std::string> log;
    fleet_.add("db1", std::make_unique<SplitTransport>("db1", mutex, log));
    auto const results = fleet_.run_all(
        {{.node = "db1", .command = {.argv = {"bad"}}},
         {.node = "db1", .command = {.argv = {"next"}}}},
        {}, [](std::size_t, Result<RemoteResult> const& one) { return one->exit_status == 0; });
    ASSERT_EQ(results.size(), 2U);
    ASSERT_FALSE(results[1]);
    EXPECT_EQ(results[1].error().kind, Error::Kind::stopped);
    EXPECT_EQ(log, (std::vector<std::string>{"db1 send bad", "db1 wait bad"}));
    std::stop_source const source;
    source.request_stop();
    log.clear();
    auto const stopped =
        fleet_.run_all({{.node = "db1", .command = {.argv = {"a"}}}}, source.get_token());
    EXPECT_EQ(log, (std::vector<std::string>{"db1 wait a"})) << "nothing is sent ahead";
}

TEST_F(FleetTest, ANodeRunsOneCommandAtATimeAndTheOtherGivesUpAtItsTimeout) {
    ScriptedTransport& db1 = add("db1");
    std::binary_semaphore running(0);
    std::binary_semaphore finish(0);
    db1.on_call({"slow"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        running.release();
        finish.acquire();
        return RemoteResult{};
    });
    std::jthread const busy([&] { EXPECT_TRUE(fleet_.run_on("db1", {.argv = {"slow"}}, {})); });
    running.acquire();
    auto const second = fleet_.run_on("db1", {.argv = {"quick"}, .timeout = milliseconds(20)}, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, Error::Kind::unreachable);
    std::stop_source const source;
    source.request_stop();
    auto const stopped = fleet_.run_on("db1", {.argv = {"quick"}}, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, Error::Kind::stopped);
    finish.release();
}

TEST_F(FleetTest, ConnectsAllAndCollectsNotes) {
    ScriptedTransport const& db1 = add("db1");
    ScriptedTransport& db2 = add("db2");
    db2.add_note("host key of db2 accepted unseen");
    auto const outcome = fleet_.connect_all({});
    ASSERT_EQ(outcome.size(), 2U);
    EXPECT_TRUE(outcome.at("db1"));
    EXPECT_TRUE(outcome.at("db2"));
    EXPECT_EQ(db1.connects(), 1);
    EXPECT_EQ(db2.connects(), 1);
    EXPECT_EQ(fleet_.notes(), std::vector<std::string>{"host key of db2 accepted unseen"});
}

TEST_F(FleetTest, AScriptedNodeFailsWhatItDoesNotKnow) {
    ScriptedTransport& db1 = add("db1");
    db1.fail_next(Error::Kind::unreachable, "gone");
    EXPECT_FALSE(fleet_.run_on("db1", {.argv = {"x"}}, {}));
    auto const unknown = fleet_.run_on("db1", {.argv = {"x"}}, {});
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->exit_status, 127);
}

}  // namespace
}  // namespace interregnum
