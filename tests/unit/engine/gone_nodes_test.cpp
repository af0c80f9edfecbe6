// SPDX-License-Identifier: MIT
// Which nodes AWS is known to have taken back for good: nothing is left there to heal.
#include "harness/engine/gone_nodes.h"

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/access.h"
#include "harness/record/spot_facts.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view end_of_db2 = "2026-11-23T03:12:07Z";
constexpr Duration wall_then = std::chrono::seconds(1'795'403'527);  // the same

Inventory nightly() {
    Inventory inventory{.cluster = "nightly"};
    inventory.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                       {.name = "db2", .address = "10.0.0.2", .group = "db"},
                       {.name = "app1", .address = "10.0.1.1", .group = "app"}};
    inventory.write = {{.entry = "db2:5000", .host = "10.0.0.2", .port = 5000},
                       {.entry = "app1:5000", .host = "10.0.1.1", .port = 5000}};
    inventory.via = "db2";
    inventory.spot.watched = true;
    return inventory;
}

/// The record of a run in which AWS announced that to db2.
record::Record told(std::string const& action = "terminate") {
    record::Record record;
    record.run.cluster = "nightly";
    record.run.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                        {.name = "db2", .address = "10.0.0.2", .group = "db"}};
    record.facts.push_back(record::to_fact(
        {.node = "db2", .action = action, .time = std::string(end_of_db2), .at = 60s}));
    return record;
}

TEST(AnnouncedTerminations, AreThoseWhoseTimeHasCome) {
    Terminations const db2{{"db2", std::string(end_of_db2)}};
    EXPECT_EQ(announced_terminations(told(), nightly(), wall_then), db2);
    EXPECT_EQ(announced_terminations(told(), nightly(), wall_then + 11h), db2);
    EXPECT_TRUE(announced_terminations(told(), nightly(), wall_then - 1s).empty());
    EXPECT_TRUE(announced_terminations(told(), nightly(), wall_then + 13h).empty())
        << "another machine may have the name by then";
    EXPECT_TRUE(announced_terminations({}, nightly(), wall_then).empty());
}

TEST(AnnouncedTerminations, AreNotThoseOfMachinesThatComeBack) {
    for (std::string const action : {"stop", "hibernate", "rebalance"})
        EXPECT_TRUE(announced_terminations(told(action), nightly(), wall_then).empty()) << action;
}

TEST(AnnouncedTerminations, AreNotThoseOfOtherMachines) {
    Inventory inventory = nightly();
    inventory.nodes[1].address = "10.0.0.9";
    EXPECT_TRUE(announced_terminations(told(), inventory, wall_then).empty());
    inventory = nightly();
    inventory.cluster = "elsewhere";
    EXPECT_TRUE(announced_terminations(told(), inventory, wall_then).empty());
    inventory = nightly();
    inventory.spot.watched = false;
    EXPECT_TRUE(announced_terminations(told(), inventory, wall_then).empty());
}

TEST(AnnouncedTerminations, AreNotThoseThatTheDrillMayHaveMadeUp) {
    auto record = told();
    record.faults = {{.fault_id = "f1", .kind = "command", .targets = {"db1"}, .at = 50s},
                     {.fault_id = "f2", .kind = "node.crash", .targets = {"db2"}, .at = 50s},
                     {.fault_id = "f3", .kind = "command", .targets = {"db2"}, .at = 70s}};
    EXPECT_EQ(announced_terminations(record, nightly(), wall_then).size(), 1U);
    record.faults[2].at = 59s;
    EXPECT_TRUE(announced_terminations(record, nightly(), wall_then).empty());
}

/// The nodes of `nightly`; db2 was announced to be terminated.
class FindGone : public testing::Test {
protected:
    void SetUp() override {
        for (std::string const name : {"db1", "db2", "app1"}) {
            auto node = std::make_unique<test::ScriptedTransport>();
            node->on(asks(), 0, "nightly\n");
            nodes_[name] = node.get();
            fleet_.add(name, std::move(node));
        }
        silence("db2", Error::Kind::unreachable);
    }
    static test::ScriptedTransport::Argv asks() { return {"cat", std::string(consent_file)}; }
    void silence(std::string const& node, Error::Kind kind) {
        nodes_.at(node)->on_error(asks(), kind, "no answer");
    }
    GoneOrNot find(std::stop_token stop = {}) {
        return find_gone(fleet_, nightly(), {{"db2", std::string(end_of_db2)}}, 60s, clock_,
                         std::move(stop));
    }

    Fleet fleet_;
    std::map<std::string, test::ScriptedTransport*> nodes_;
    test::HandClock clock_;
};

TEST_F(FindGone, IsWhoKeepsSilentAllTheTime) {
    auto const found = find();
    EXPECT_EQ(found.gone, (Terminations{{"db2", std::string(end_of_db2)}}));
    EXPECT_TRUE(found.still_there.empty());
    EXPECT_EQ(clock_.now(), Instant() + 60s);
    EXPECT_GT(nodes_.at("db2")->calls().size(), 50U);
}

TEST_F(FindGone, IsNobodyWhoAnswers) {
    int tries = 0;
    nodes_.at("db2")->on_call(asks(), [&](RemoteCommand const&) -> Result<RemoteResult> {
        if (++tries != 30) return fail(Error::Kind::timeout, "it boots, and is busy");
        return RemoteResult{.exit_status = 0, .out = "nightly\n", .err = {}};
    });
    auto const found = find();
    EXPECT_TRUE(found.gone.empty());
    EXPECT_EQ(found.still_there, std::vector<std::string>{"db2"});
    EXPECT_EQ(clock_.now(), Instant() + 29s) << "that was enough to know";
}

TEST_F(FindGone, IsNobodyWhoAnswersAndLetsNobodyIn) {
    silence("db2", Error::Kind::refused);
    auto const found = find();
    EXPECT_TRUE(found.gone.empty());
    EXPECT_EQ(found.still_there, std::vector<std::string>{"db2"});
}

TEST_F(FindGone, IsNobodyWhereItMayBeTheNetworkOfThisMachine) {
    silence("db1", Error::Kind::unreachable);
    silence("app1", Error::Kind::timeout);
    EXPECT_TRUE(find().gone.empty());
    nodes_.at("app1")->on(asks(), 1, "", "no such file");
    EXPECT_EQ(find().gone.size(), 1U) << "an answer is one, whatever it says";
}

TEST_F(FindGone, IsNobodyWhereThatWasNotSeenThrough) {
    std::stop_source stop;
    stop.request_stop();
    auto const found = find(stop.get_token());
    EXPECT_TRUE(found.gone.empty());
    EXPECT_TRUE(found.still_there.empty());
}

TEST(WithoutGone, LeavesOutNodesAndTheirEntryPoints) {
    Inventory const left = without_gone(nightly(), {{"db2", std::string(end_of_db2)}});
    EXPECT_EQ(node_names(left), (std::vector<std::string>{"db1", "app1"}));
    ASSERT_EQ(left.write.size(), 1U);
    EXPECT_EQ(left.write[0].entry, "app1:5000");
    EXPECT_EQ(left.via, "");
    Inventory by_name = nightly();
    by_name.nodes[1].address = "db2.example";
    by_name.nodes[1].addresses = {"10.0.0.2"};
    EXPECT_EQ(without_gone(by_name, {{"db2", std::string(end_of_db2)}}).write.size(), 1U);
    EXPECT_EQ(node_names(without_gone(nightly(), {})).size(), 3U);
    EXPECT_EQ(without_gone(nightly(), {}).via, "db2");
}

}  // namespace
}  // namespace interregnum
