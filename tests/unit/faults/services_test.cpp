// SPDX-License-Identifier: MIT
// Plans of the faults on processes, services and nodes: data, compared without a cluster.
#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "harness/fault.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

PowerAccess const with_commands{.kind = PowerAccess::Kind::commands,
                                .off = {"cloud", "stop", "{node}"},
                                .on = {"cloud", "start", "{node}"}};
PowerAccess const with_lab{.kind = PowerAccess::Kind::lab,
                           .off = {"lab", "power-off", "{node}"},
                           .on = {"lab", "power-on", "{node}"}};

ClusterView cluster(PowerAccess power) {
    ClusterView view;
    view.nodes = {{.name = "db1",
                   .address = "10.0.0.1",
                   .group = "db",
                   .patroni_answers = true,
                   .role = "leader"},
                  {.name = "db2",
                   .address = "10.0.0.2",
                   .group = "db",
                   .patroni_answers = true,
                   .role = "replica"}};
    view.power = std::move(power);
    view.ttl = 30s;
    return view;
}

using Values = std::vector<std::pair<std::string, OptionValue>>;

Result<FaultPlan> plan(std::string_view kind_name, Values values,
                       std::vector<std::string> const& targets, PowerAccess power = {}) {
    FaultKind const* kind = Registry<FaultKind>::find(kind_name);
    if (kind == nullptr) return fail(Error::Kind::not_found, "not registered");
    Options options = fallback_options(kind->options);
    for (auto& [name, value] : values) options.set(name, std::move(value));
    ClusterView const view = cluster(std::move(power));
    return kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
}

/// The words after the script's name: what arrives as $1, $2...
std::vector<std::string> arguments(FaultCommand const& command) {
    return {command.argv.begin() + 4, command.argv.end()};
}

using Words = std::vector<std::string>;

TEST(ProcessKill, PatroniAloneThePostmasterAloneAndBothAreThreeThings) {
    auto const patroni = plan("process.kill", {{"process", std::string("patroni")}}, {"db1"});
    ASSERT_TRUE(patroni);
    EXPECT_EQ(arguments(patroni->inject.at(0)), (Words{"killed", "patroni", "KILL", "main", ""}));
    EXPECT_EQ(patroni->evidence.size(), 1U);
    auto const both =
        plan("process.kill", {{"process", std::string("patroni+postgres")}, {"for", Duration(40s)}},
             {"db1"});
    ASSERT_TRUE(both);
    EXPECT_EQ(arguments(both->inject.at(0)), (Words{"killed", "patroni", "KILL", "all", "hold"}));
    EXPECT_EQ(both->evidence.size(), 3U) << "Patroni, that it stays down, and the postmaster";
    EXPECT_EQ(both->nodes_lost, Words{"db1"});
    auto const postmaster =
        plan("process.kill",
             {{"process", std::string("postmaster")}, {"signal", std::string("QUIT")}}, {"db1"});
    ASSERT_TRUE(postmaster);
    EXPECT_EQ(arguments(postmaster->inject.at(0)), (Words{"postmaster", "QUIT"}));
    EXPECT_FALSE(plan("process.kill",
                      {{"process", std::string("postmaster")}, {"for", Duration(5s)}}, {"db1"}));
}

TEST(ProcessPause, OneScopeFreezesTheGroupAndTheOtherStopsOneProcess) {
    auto const frozen = plan("process.pause", {{"process", std::string("patroni")}}, {"db1"});
    ASSERT_TRUE(frozen);
    EXPECT_NE(frozen->inject.at(0).argv.at(2).find("cgroup.freeze"), std::string::npos);
    EXPECT_EQ(arguments(frozen->undo.at(0)), Words{"patroni"});
    EXPECT_EQ(frozen->hold, 45s);
    EXPECT_EQ(frozen->nodes_lost, Words{"db1"});
    auto const stopped =
        plan("process.pause",
             {{"process", std::string("sentinel")}, {"scope", std::string("process")}}, {"db1"});
    ASSERT_TRUE(stopped);
    EXPECT_EQ(arguments(stopped->inject.at(0)), (Words{"sentinel", "redis-sentinel"}));
    EXPECT_EQ(arguments(stopped->undo.at(0)), Words{"sentinel"});
}

TEST(ProcessPause, PostgresqlHasNoServiceOfItsOwn) {
    auto const refused = plan("process.pause", {{"process", std::string("postmaster")}}, {"db1"});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("patroni"), std::string::npos);
    EXPECT_TRUE(plan("process.pause",
                     {{"process", std::string("postmaster")}, {"scope", std::string("process")}},
                     {"db1"}));
}

TEST(ServiceStop, HoldsTheUnitDownAndStartsItAgain) {
    auto const made = plan("service.stop", {{"service", std::string("redis")}}, {"db1", "db2"});
    ASSERT_TRUE(made);
    EXPECT_EQ(arguments(made->inject.at(0)),
              (Words{"stopped", "redis-server", "stop", "all", "hold"}));
    EXPECT_EQ(arguments(made->undo.at(1)), (Words{"stopped", "redis-server"}));
    EXPECT_EQ(made->undo[1].node, "db2");
    EXPECT_EQ(made->hold, 30s);
    EXPECT_TRUE(made->nodes_lost.empty()) << "Redis has no quorum; its Sentinels have";
}

TEST(ServiceRestart, IsOverAtOnce) {
    auto const made = plan("service.restart", {{"service", std::string("patroni")}}, {"db2"});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->hold, 0s);
    EXPECT_EQ(made->undo.size(), 1U);
    EXPECT_EQ(made->evidence.at(0).relation, Evidence::Relation::succeeds);
}

TEST(NodeCrash, ALeaderThatIsBackBeforeTheTtlProvesNothing) {
    auto const early = plan("node.crash", {{"for", Duration(20s)}}, {"db1"}, with_lab);
    ASSERT_TRUE(early) << early.error().message;
    ASSERT_EQ(early->proves_nothing.size(), 1U);
    EXPECT_NE(early->proves_nothing[0].find("ttl of 30s"), std::string::npos);
    auto const late = plan("node.crash", {{"for", Duration(45s)}}, {"db1"}, with_lab);
    EXPECT_TRUE(late->proves_nothing.empty());
    EXPECT_EQ(late->stays_silent_for, 30s) << "it may come back early by itself: watched";
    auto const replica = plan("node.crash", {{"for", Duration(20s)}}, {"db2"}, with_lab);
    EXPECT_TRUE(replica->proves_nothing.empty());
    EXPECT_EQ(replica->stays_silent_for, 0s);
}

TEST(NodeCrash, HowSoonAResetServerIsBackIsSeenOnlyThen) {
    auto const made =
        plan("node.crash", {{"for", Duration(5s)}}, {"db1"}, {.kind = PowerAccess::Kind::sysrq});
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->proves_nothing.empty());
    EXPECT_EQ(made->stays_silent_for, 30s);
    EXPECT_EQ(made->boots, std::vector<std::string>{"db1"}) << "it is back when it answers";
}

TEST(NodeReboot, NeedsNoPowerOfTheInventoryButUsesIt) {
    auto const alone = plan("node.reboot", {}, {"db2"}, {});
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->boots, std::vector<std::string>{"db2"});
    EXPECT_TRUE(alone->undo.empty());
    EXPECT_TRUE(alone->inject.at(0).ends_session);
    EXPECT_EQ(alone->self_heal, SelfHeal::by_itself);
    auto const hurried = plan("node.reboot", {{"force", true}}, {"db2"}, with_commands);
    ASSERT_TRUE(hurried);
    EXPECT_EQ(hurried->undo.at(0).argv, (Words{"cloud", "start", "db2"}));
    EXPECT_NE(hurried->inject.at(0).argv.at(2), alone->inject.at(0).argv.at(2));
    EXPECT_EQ(hurried->inject[0].argv[2].find("sysrq"), std::string::npos);
}

TEST(NodePoweroff, IsRefusedWhereNothingCanSwitchTheServerOn) {
    PowerAccess only_off = with_commands;
    only_off.on.clear();
    for (PowerAccess const& power :
         {only_off, PowerAccess{}, PowerAccess{.kind = PowerAccess::Kind::sysrq}}) {
        auto const refused = plan("node.poweroff", {}, {"db2"}, power);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().message.find("gone for good"), std::string::npos);
    }
}

TEST(NodePoweroff, LeavesAServerTheTimeToStop) {
    auto const made = plan("node.poweroff", {}, {"db2"}, with_commands);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->inject.at(0).node, "db2");
    EXPECT_EQ(made->undo.at(0).argv, (Words{"cloud", "start", "db2"}));
    EXPECT_FALSE(plan("node.poweroff", {{"for", Duration(10s)}}, {"db2"}, with_commands));
    auto const in_lab = plan("node.poweroff", {{"for", Duration(10s)}}, {"db2"}, with_lab);
    ASSERT_TRUE(in_lab);
    EXPECT_EQ(in_lab->undo.at(0).argv, (Words{"lab", "power-on", "db2"})) << "it waits itself";
}

TEST(FaultsOnServices, NoValueIsEverPartOfAScript) {
    for (char const* name : {"process.kill", "process.pause", "service.stop", "service.restart"}) {
        FaultKind const* kind = Registry<FaultKind>::find(name);
        for (OptionSpec const& spec : kind->options) {
            EXPECT_TRUE(spec.type != OptionType::text || !spec.choices.empty())
                << name << " takes any text as " << spec.name;
        }
        Values values;
        values.emplace_back(name[0] == 'p' ? "process" : "service", std::string("etcd"));
        auto const one = plan(name, values, {"db1"});
        values[0].second = std::string("haproxy");
        auto const other = plan(name, values, {"db2"});
        ASSERT_TRUE(one && other) << name;
        EXPECT_EQ(one->inject.at(0).argv.at(2), other->inject.at(0).argv.at(2)) << name;
        EXPECT_EQ(one->undo.at(0).argv.at(2), other->undo.at(0).argv.at(2)) << name;
    }
}

}  // namespace
}  // namespace interregnum
