// SPDX-License-Identifier: MIT
// Fault plans are data: what would be done, compared without a cluster.
#include <gtest/gtest.h>

#include "harness/fault.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

ClusterView view_with(PowerAccess power) {
    ClusterView view;
    view.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                  {.name = "db2", .address = "10.0.0.2", .group = "db"}};
    view.power = std::move(power);
    return view;
}

Result<FaultPlan> plan(std::string_view kind_name,
                       std::vector<std::pair<std::string, OptionValue>> values,
                       std::vector<std::string> const& targets, PowerAccess power = {}) {
    FaultKind const* kind = Registry<FaultKind>::find(kind_name);
    if (kind == nullptr) return fail(Error::Kind::not_found, "not registered");
    Options options = fallback_options(kind->options);
    for (auto& [name, value] : values) options.set(name, std::move(value));
    ClusterView const view = view_with(std::move(power));
    return kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
}

PowerAccess const commands{.kind = PowerAccess::Kind::commands,
                           .off = {"cloud", "stop", "{node}"},
                           .on = {"cloud", "start", "{node}", "--ip={address}"}};

TEST(NodeCrash, PowerIsTheInventorysBusiness) {
    auto const made = plan("node.crash", {}, {"db2"}, commands);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->inject.size(), 1U);
    EXPECT_EQ(made->inject[0].node, "");
    EXPECT_EQ(made->inject[0].argv, (std::vector<std::string>{"cloud", "stop", "db2"}));
    ASSERT_EQ(made->undo.size(), 1U);
    EXPECT_EQ(made->undo[0].argv,
              (std::vector<std::string>{"cloud", "start", "db2", "--ip=10.0.0.2"}));
    EXPECT_EQ(made->hold, 45s);
    ASSERT_EQ(made->evidence.size(), 1U);
    EXPECT_EQ(made->evidence[0].relation, Evidence::Relation::silent);
}

TEST(NodeCrash, WithoutAWayBackItIsRefused) {
    PowerAccess only_off = commands;
    only_off.on.clear();
    auto const refused = plan("node.crash", {}, {"db1"}, only_off);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("\"on\""), std::string::npos);
    EXPECT_FALSE(plan("node.crash", {}, {"db1"}, {}));
}

TEST(NodeCrash, SysrqNeverRunsInAContainer) {
    auto const made = plan("node.crash", {}, {"db1"}, {.kind = PowerAccess::Kind::sysrq});
    ASSERT_TRUE(made) << made.error().message;
    std::string const& script = made->inject.at(0).argv.at(2);
    EXPECT_LT(script.find("systemd-detect-virt --container"), script.find("sysrq-trigger"));
    EXPECT_TRUE(made->inject[0].ends_session);
    EXPECT_EQ(made->hold, 0s);
}

TEST(ProcessKill, HoldingKeepsTheUnitDownAndUndoLetsItStart) {
    auto const made =
        plan("process.kill", {{"process", std::string("redis")}, {"for", Duration(30s)}}, {"db1"});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->inject.at(0).argv.at(5), "redis-server");
    EXPECT_EQ(made->inject[0].argv.at(8), "hold");
    EXPECT_EQ(made->undo.at(0).argv.at(5), "redis-server");
    EXPECT_EQ(made->hold, 30s);
}

TEST(ProcessKill, PostgresIsRestartedByPatroniSoItCannotBeHeld) {
    auto const made = plan("process.kill", {{"process", std::string("postgres")}}, {"db1"});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->inject.at(0).argv.at(4), "postgres");
    EXPECT_TRUE(made->undo.empty());
    EXPECT_FALSE(plan("process.kill", {{"process", std::string("postgres")}, {"for", Duration(5s)}},
                      {"db1"}));
}

TEST(ProcessKill, EveryChoiceHasAPlanForEachTarget) {
    for (OptionSpec const& spec : Registry<FaultKind>::find("process.kill")->options) {
        if (spec.name != "process") continue;
        for (std::string_view const process : spec.choices) {
            auto const made =
                plan("process.kill", {{"process", std::string(process)}}, {"db1", "db2"});
            ASSERT_TRUE(made) << process;
            EXPECT_EQ(made->inject.size(), 2U) << process;
            EXPECT_GE(made->evidence.size(), 2U) << process;
        }
    }
}

}  // namespace
}  // namespace interregnum
