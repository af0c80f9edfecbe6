// SPDX-License-Identifier: MIT
#include "harness/remote/fleet.h"

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
