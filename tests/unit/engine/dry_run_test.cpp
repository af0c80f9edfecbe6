// SPDX-License-Identifier: MIT
// A scenario as it would be played, without a cluster.
#include "harness/engine/dry_run.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

ClusterView two_nodes() {
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
    view.power = {.kind = PowerAccess::Kind::lab,
                  .off = {"@interregnum", "lab", "power-off", "{node}"},
                  .on = {"@interregnum", "lab", "power-on", "{node}"}};
    return view;
}

Scenario scenario(std::string const& steps) {
    Mistakes mistakes;
    Scenario made =
        parse_scenario("drills/s.json", R"({ "title": "t", "steps": [ )" + steps + " ] }", {}, {},
                       mistakes, nullptr);
    EXPECT_TRUE(mistakes.empty()) << mistakes.text();
    return made;
}

TEST(DryRun, ShowsTargetsCommandsAndTheirUndo) {
    Scenario const drill =
        scenario(R"({ "fault": "node.crash", "target": "leader" }, { "await": "redundant" })");
    DryRun const run = dry_run(drill, "lab", two_nodes(), 7);
    ASSERT_EQ(run.steps.size(), 2U);
    EXPECT_EQ(run.steps[0].targets, (std::vector<std::string>{"db1"}));
    EXPECT_TRUE(run.somebody_has_every_role());
    EXPECT_TRUE(run.every_step_has_a_plan());
    std::string const text = dry_run_text(run);
    EXPECT_NE(text.find("the controller: 'interregnum' 'lab' 'power-off' 'db1'"), std::string::npos)
        << text;
    EXPECT_NE(text.find("'power-on' 'db1'"), std::string::npos) << text;
    EXPECT_NE(text.find("nothing is touched"), std::string::npos);
}

TEST(DryRun, ScriptsStandIndentedBelowTheirLine) {
    Scenario const drill = scenario(
        R"({ "fault": "process.kill", "target": "db2", "process": "redis", "for": "30s",
             "lease": "5s" })");
    DryRun const run = dry_run(drill, "lab", two_nodes(), 7);
    std::string const text = dry_run_text(run);
    EXPECT_NE(text.find("db2: 'sh' '-c' SCRIPT 'interregnum' 'killed' 'redis-server' 'KILL'"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("            | systemctl is-active --quiet"), std::string::npos) << text;
    EXPECT_NE(text.find("/run/interregnum/RUN_f1; undone there 5s after the last renewal"),
              std::string::npos)
        << text;
    EXPECT_EQ(run.steps[0].armed, (std::vector<std::string>{"db2"}));
}

TEST(DryRun, TheSameSeedDrawsTheSame) {
    Scenario const drill = scenario(R"({ "fault": "node.crash", "target": "any:all_db" })");
    DryRun const once = dry_run(drill, "lab", two_nodes(), 11);
    DryRun const again = dry_run(drill, "lab", two_nodes(), 11);
    EXPECT_EQ(once.steps[0].wait, again.steps[0].wait);
    EXPECT_EQ(once.steps[0].targets, again.steps[0].targets);
    EXPECT_LE(once.steps[0].wait, 10s);
}

/// "leader.changes == 1". By value: to read it from a file the measures are needed, and those are
/// the reports'.
record::Expectation leader_changes(std::int64_t limit) {
    return {.measure = "leader.changes",
            .op = "==",
            .limit = limit,
            .text = "leader.changes == " + std::to_string(limit)};
}

TEST(DryRun, ShowsWhatTheClustersSettingsMakeItExpect) {
    Scenario drill = scenario(R"({ "steady": "1s" })");
    drill.why = "It is so.";
    drill.expectations = {leader_changes(1)};
    drill.under = {{.setting = Setting::strict,
                    .expectations = {leader_changes(0)},
                    .by_design = "no standby"}};
    ClusterView view = two_nodes();
    view.config_known = view.synchronous = true;
    std::string const loose = dry_run_text(dry_run(drill, "lab", view, 7));
    EXPECT_NE(loose.find("  why     It is so.\n  expect  leader.changes == 1\n"), std::string::npos)
        << loose;
    view.strict = true;
    std::string const strict = dry_run_text(dry_run(drill, "lab", view, 7));
    EXPECT_NE(strict.find("  expect  leader.changes == 0\n  expect  down by design: no standby\n"),
              std::string::npos)
        << strict;
}

TEST(DryRun, ARoleOfNobodyIsSaid) {
    Scenario const drill = scenario(R"({ "fault": "node.crash", "target": "redis_master" })");
    DryRun const run = dry_run(drill, "lab", two_nodes(), 7);
    EXPECT_FALSE(run.somebody_has_every_role());
    EXPECT_NE(dry_run_text(run).find("NOT POSSIBLE: nobody has that role now"), std::string::npos);
}

TEST(DryRun, AStepWithoutAPlanSaysWhy) {
    ClusterView view = two_nodes();
    view.power = {};
    Scenario const drill = scenario(R"({ "fault": "node.crash", "target": "leader" })");
    DryRun const run = dry_run(drill, "lab", view, 7);
    EXPECT_FALSE(run.every_step_has_a_plan());
    EXPECT_NE(dry_run_text(run).find("NOT POSSIBLE: the inventory does not say"),
              std::string::npos);
}

TEST(DryRun, WhatTheQuorumGuardRefusesIsSaid) {
    Scenario drill = scenario(R"({ "fault": "node.crash", "target": "leader" })");
    // One of two database nodes is no majority.
    DryRun const run = dry_run(drill, "lab", two_nodes(), 7);
    EXPECT_FALSE(run.every_step_is_allowed());
    EXPECT_NE(dry_run_text(run).find("     REFUSED "), std::string::npos);
    drill.limits.allow_quorum_loss = true;
    EXPECT_TRUE(dry_run(drill, "lab", two_nodes(), 7).every_step_is_allowed());
}

TEST(DryRun, FaultsThatAreInForceTogetherAreGuardedTogether) {
    ClusterView view = two_nodes();
    view.nodes.push_back({.name = "db3", .address = "10.0.0.3", .group = "db"});
    auto const allowed = [&](std::string const& more) {
        Scenario const drill = scenario(R"({ "fault": "node.crash", "target": "db2")" + more +
                                        R"( }, { "fault": "node.crash", "target": "db3" })");
        DryRun const run = dry_run(drill, "lab", view, 7);
        EXPECT_EQ(dry_run_text(run).contains("the next step begins meanwhile"), !more.empty());
        return run.every_step_is_allowed();
    };
    EXPECT_TRUE(allowed(""));
    EXPECT_FALSE(allowed(R"(, "with_next": true)"));
}

TEST(DryRun, JsonHasTheSame) {
    Scenario const drill = scenario(R"({ "fault": "node.crash", "target": "leader" })");
    auto const json = nlohmann::json::parse(dry_run_json(dry_run(drill, "lab", two_nodes(), 7)));
    auto const& step = json["steps"][0];
    EXPECT_EQ(step["targets"][0], "db1");
    EXPECT_EQ(step["inject"][0]["argv"][2], "power-off");
    EXPECT_EQ(step["undo"][0]["argv"][2], "power-on");
    EXPECT_EQ(step["evidence"][0]["relation"], "silent");
}

}  // namespace
}  // namespace interregnum
