// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/scenario/fakes.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

WorkloadItem const* item(Scenario const& scenario, std::string_view name) {
    auto const found = std::ranges::find(scenario.workload, name,
                                         [](WorkloadItem const& one) { return one.probe->name; });
    return found == scenario.workload.end() ? nullptr : &*found;
}

TEST(Scenario, ReadsADrill) {
    auto const [got, mistakes] = read(R"({
  // for tests
  "title": "The leader dies",
  "workload": { "test_buyers": { "rate": "10/s" }, "test_extras": true },
  "steady_before": "5s", "steady_after": "20s",
  "steps": [
    { "steady": "1m" },
    { "fault": "test.crash", "target": ["leader", "db2"], "random_wait": "0s" },
    { "await": "redundant", "within": "2m" },
    { "heal": "all" },
  ],
  "expect": { "test.downtime": "<= 60s" },
})");
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(got.name, "s");
    EXPECT_EQ(got.file, "drills/s.json");
    EXPECT_EQ(got.title, "The leader dies");
    EXPECT_EQ(got.steady_before, 5s);
    EXPECT_EQ(got.steady_after, 20s);
    ASSERT_NE(item(got, "test_buyers"), nullptr);
    EXPECT_DOUBLE_EQ(item(got, "test_buyers")->options.rate_per_s("rate"), 10);
    EXPECT_NE(item(got, "test_extras"), nullptr);
    EXPECT_EQ(item(got, "test_watcher"), nullptr);
    ASSERT_EQ(got.steps.size(), 4U);
    EXPECT_EQ(std::get<SteadyStep>(got.steps[0].what).span, 60s);
    auto const& fault = std::get<FaultStep>(got.steps[1].what);
    EXPECT_EQ(fault.kind->name, "test.crash");
    EXPECT_EQ(fault.options.roles("target"), (std::vector<std::string>{"leader", "db2"}));
    EXPECT_EQ(fault.options.duration("for"), 45s);
    EXPECT_EQ(fault.random_wait, 0s);
    auto const& await = std::get<AwaitStep>(got.steps[2].what);
    EXPECT_EQ(await.condition, Condition::redundant);
    EXPECT_EQ(await.within, 2min);
    EXPECT_TRUE(std::holds_alternative<HealStep>(got.steps[3].what));
    EXPECT_EQ(got.steps[0].text, "steady 1m");
    EXPECT_EQ(got.steps[1].text, "test.crash target=leader,db2 random_wait=0s");
    EXPECT_EQ(got.steps[2].text, "await redundant within 2m");
    EXPECT_EQ(got.steps[3].text, "heal all");
}

TEST(Scenario, IsShortBecauseDefaultsAreGood) {
    auto const [got, mistakes] =
        read(with_step(R"({ "fault": "test.crash", "target": "leader" })"));
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(got.steady_before, 10s);
    EXPECT_EQ(got.steady_after, 10s);
    ASSERT_NE(item(got, "test_buyers"), nullptr);
    EXPECT_DOUBLE_EQ(item(got, "test_buyers")->options.rate_per_s("rate"), 50);
    EXPECT_EQ(item(got, "test_extras"), nullptr);
    EXPECT_FALSE(std::get<FaultStep>(got.steps.at(0).what).random_wait);
    EXPECT_EQ(got.steps.at(0).text, "test.crash target=leader");
}

TEST(Scenario, CustomersAreSwitchedOffByName) {
    auto const [got, mistakes] = read(with(R"("workload": { "test_buyers": false })"));
    EXPECT_EQ(mistakes, "");
    EXPECT_EQ(item(got, "test_buyers"), nullptr);
}

TEST(Scenario, WhatNobodyWritesCannotBeAwaited) {
    std::string const steps = R"("title": "x", "steps": [ { "await": "writable" } ])";
    EXPECT_EQ(read("{" + steps + "}").mistakes, "");
    std::string const mistakes =
        read(R"({ "workload": { "orders": false, "test_buyers": false }, )" + steps + "}").mistakes;
    EXPECT_NE(mistakes.find("steps[0].await: \"writable\" waits for a good write through every "
                            "entry point, and no customer of this workload makes one: let one of "
                            "them (orders, test_buyers) buy"),
              std::string::npos)
        << mistakes;
}

TEST(Scenario, ReportsEveryMistakeAtOnce) {
    EXPECT_EQ(read(R"({
  "titel": "x",
  "steady_before": 10,
  "workload": { "test_buyer": {}, "test_buyers": { "rat": "1/s" }, "test_watcher": {} },
  "steps": [
    { "fault": "test.crsh" },
    { "await": "redundnt", "within": "5" },
    { "fault": "test.crash", "targte": "leader", "count": 10 }
  ],
  "expect": { "test.downtme": "<= 1s", "test.changes": "1s" }
})")
                  .mistakes,
              "drills/s.json:1:1: missing key \"title\": one line for people, such as \"The "
              "leader's server loses power\"\n"
              "drills/s.json:2:3: titel: unknown key (did you mean \"title\"?)\n"
              "drills/s.json:3:20: steady_before: expected a duration such as \"30s\", \"1m30s\" "
              "or \"500ms\", got 10\n"
              "drills/s.json:4:17: workload.test_buyer: no such customer (did you mean "
              "\"test_buyers\"?)\n"
              "drills/s.json:4:52: workload.test_buyers.rat: unknown key (did you mean "
              "\"rate\"?)\n"
              "drills/s.json:4:68: workload.test_watcher: no such customer: it is an observer, "
              "which always runs\n"
              "drills/s.json:6:16: steps[0].fault: unknown fault \"test.crsh\" (did you mean "
              "\"test.crash\"?)\n"
              "drills/s.json:7:16: steps[1].await: expected one of \"writable\", \"stable\", "
              "\"redundant\", \"caught_up\", got \"redundnt\" (did you mean \"redundant\"?)\n"
              "drills/s.json:7:38: steps[1].within: expected a duration such as \"30s\", \"1m30s\" "
              "or \"500ms\", got \"5\"\n"
              "drills/s.json:8:5: steps[2]: missing key \"target\": role or node\n"
              "drills/s.json:8:30: steps[2].targte: unknown key (did you mean \"target\"?)\n"
              "drills/s.json:8:59: steps[2].count: expected a whole number from 1 to 9, got 10\n"
              "drills/s.json:10:15: expect[\"test.downtme\"]: no such measure (did you mean "
              "\"test.downtime\"?)\n"
              "drills/s.json:10:56: expect[\"test.changes\"]: expected a count such as 1 or \"<= "
              "3\", got \"1s\"\n");
}

TEST(Scenario, AFileThatIsNotOneObject) {
    EXPECT_EQ(read("[]").mistakes,
              "drills/s.json:1:1: expected an object in braces { }, got a list\n");
    EXPECT_EQ(read("{").mistakes,
              "drills/s.json:1:2: expected a key in double quotes, got the end of the file\n");
}

TEST(Scenario, StepsMustBeThere) {
    constexpr std::string_view expected =
        R"(a list of steps, such as [ { "fault": "node.crash", "target": "leader" } ])";
    EXPECT_EQ(read(R"({"title": "t"})").mistakes,
              fmt::format("drills/s.json:1:1: missing key \"steps\": {}\n", expected));
    EXPECT_EQ(read(R"({"title": "t", "steps": []})").mistakes,
              fmt::format("drills/s.json:1:25: steps: expected {}, got an empty list\n", expected));
    EXPECT_EQ(read(R"({"title": "t", "steps": {}})").mistakes,
              fmt::format("drills/s.json:1:25: steps: expected {}, got an object\n", expected));
}

TEST(Scenario, AStepIsOfExactlyOneKind) {
    constexpr std::string_view kinds =
        R"(a step has one of the keys "fault", "await", "steady", "heal", "for_each", "chaos")";
    EXPECT_EQ(read(with_step("{}")).mistakes,
              fmt::format("drills/s.json:2:1: steps[0]: {}, got none of them\n", kinds));
    EXPECT_EQ(read(with_step(R"({ "stedy": "1s" })")).mistakes,
              "drills/s.json:2:3: steps[0].stedy: unknown key (did you mean \"steady\"?)\n");
    EXPECT_EQ(
        read(with_step(R"({ "steady": "1s", "heal": "all" })")).mistakes,
        fmt::format("drills/s.json:2:27: steps[0].heal: {}, got \"steady\" and \"heal\"\n", kinds));
    EXPECT_EQ(read(with_step("7")).mistakes,
              "drills/s.json:2:1: steps[0]: expected an object in braces { }, got 7\n");
    EXPECT_EQ(read(with_step(R"({ "heal": "it" })")).mistakes,
              "drills/s.json:2:11: steps[0].heal: expected one of \"all\", got \"it\"\n");
    EXPECT_EQ(read(with_step(R"({ "steady": "1s", "within": "1s" })")).mistakes,
              "drills/s.json:2:19: steps[0].within: unknown key (known here: steady)\n");
    EXPECT_EQ(read(with_step(R"({ "fault": 1 })")).mistakes,
              "drills/s.json:2:12: steps[0].fault: expected a text in double quotes, got 1\n");
}

TEST(Scenario, TargetsWithoutAnInventory) {
    auto step = [](std::string_view target) {
        return read(with_step(fmt::format(R"({{ "fault": "test.crash", "target": {} }})", target)))
            .mistakes;
    };
    EXPECT_EQ(step(R"("leader")"), "");
    EXPECT_EQ(step(R"("pg-eu-1")"), "");
    EXPECT_EQ(step(R"("haproxy1")"), "");
    EXPECT_EQ(step(R"("leadr")"),
              "drills/s.json:2:36: steps[0].target: unknown role \"leadr\" (did you mean "
              "\"leader\"?)\n");
    EXPECT_EQ(step(R"(["replica", "haprxy"])"),
              "drills/s.json:2:48: steps[0].target[1]: unknown role \"haprxy\" (did you mean "
              "\"haproxy\"?)\n");
    EXPECT_NE(step(R"("x; rm -rf /")").find("unknown role \"x; rm -rf /\" (there are: "),
              std::string::npos);
    EXPECT_EQ(step("3"),
              "drills/s.json:2:36: steps[0].target: expected a role such as \"leader\", or a "
              "node's name, got 3\n");
}

TEST(Scenario, TargetsWithAnInventory) {
    std::vector<std::string> const nodes = {"db1", "db2", "haproxy7"};
    auto step = [&](std::string_view target) {
        return read(with_step(fmt::format(R"({{ "fault": "test.crash", "target": {} }})", target)),
                    {}, {}, &nodes)
            .mistakes;
    };
    EXPECT_EQ(step(R"("leader")"), "");
    EXPECT_EQ(step(R"("db2")"), "");
    EXPECT_EQ(step(R"("haproxy7")"), "");
    EXPECT_EQ(step(R"("haproxy8")"),
              "drills/s.json:2:36: steps[0].target: no role and no node is named \"haproxy8\" (did "
              "you mean \"haproxy\"?)\n");
    EXPECT_EQ(step(R"("db3")"),
              "drills/s.json:2:36: steps[0].target: no role and no node is named \"db3\" (did you "
              "mean \"db1\"?)\n");
    EXPECT_NE(step(R"("pg-eu-1")").find("(there are: leader, "), std::string::npos);
}

TEST(Scenario, TitlesAreOneLine) {
    EXPECT_EQ(read(R"({"title": "a\u001b[2J", "steps": [{"heal": "all"}]})").mistakes,
              "drills/s.json:1:11: title: expected one line of at most 200 bytes without control "
              "characters\n");
    EXPECT_EQ(read(fmt::format(R"({{"title": "{}", "steps": [{{"heal": "all"}}]}})",
                               std::string(201, 'x')))
                  .mistakes,
              "drills/s.json:1:11: title: expected one line of at most 200 bytes without control "
              "characters\n");
}

TEST(Scenario, WorkloadsOfTheWrongKind) {
    EXPECT_EQ(read(with(R"("workload": [])")).mistakes,
              "drills/s.json:2:13: workload: expected an object in braces { }, got a list\n");
    EXPECT_EQ(read(with(R"("workload": {"test_buyers": "50/s"})")).mistakes,
              "drills/s.json:2:29: workload.test_buyers: expected true, false or an object of "
              "options, got \"50/s\"\n");
}

TEST(Scenario, HostileFilesAreMistakesNotCrashes) {
    EXPECT_EQ(read(std::string(100'000, '[')).mistakes,
              "drills/s.json:1:33: nested deeper than 32\n");
    EXPECT_EQ(read(with("\"title\": \"again\"")).mistakes,
              "drills/s.json:2:1: the key \"title\" stands twice in one object, first in line 1\n");
    EXPECT_EQ(read(with_step(R"({ "fault": "test.crash", "target": "leader",
"count": 99999999999999999999999 })"))
                  .mistakes,
              "drills/s.json:3:10: steps[0].count: expected a whole number from 1 to 9, got "
              "99999999999999999999999\n");
    // A long key is cut, and no nearest name is looked for.
    EXPECT_EQ(
        read(with(fmt::format("\"{}\": 1", std::string(100'000, 'k')))).mistakes,
        fmt::format("drills/s.json:2:1: [\"{}...\"]: unknown key (known here: $schema, "
                    "abort_if, allow_quorum_loss, by_design, expect, extends, longest_fault, "
                    "parameters, steady_after, steady_before, steps, tags, title, under, why, "
                    "workload)\n",
                    std::string(60, 'k')));
}

TEST(ScenarioParse, CallsOffAtWhatIsNoticed) {
    auto const found =
        read(with(R"("abort_if": {"split_brain": true, "duplicated": false, "lost": true})"));
    EXPECT_EQ(found.mistakes, "");
    EXPECT_EQ(found.scenario.limits.abort_at,
              (std::vector<Breach>{Breach::split_brain, Breach::lost}));
    EXPECT_NE(read(with(R"("abort_if": {"split_brain": 1})")).mistakes, "");
}

TEST(ScenarioSchema, KnowsWhatTheReaderKnows) {
    auto const schema = nlohmann::json::parse(scenario_schema());
    for (auto const& [key, unused] : schema["properties"].items()) {
        std::string const said = read(fmt::format("{{\"{}\": 0}}", key)).mistakes;
        EXPECT_EQ(said.find("unknown key"), std::string::npos) << said;
    }
    bool found = false;
    for (auto const& step : schema["$defs"]["step"]["oneOf"]) {
        if (step["properties"].value("/fault/const"_json_pointer, "") != "test.crash") continue;
        found = true;
        EXPECT_EQ(step["required"], nlohmann::json({"fault", "target"}));
        EXPECT_EQ(step["properties"]["count"]["maximum"], 9);
        EXPECT_EQ(step["properties"]["for"]["default"], "45s");
        EXPECT_EQ(step["additionalProperties"], false);
        EXPECT_TRUE(step["properties"].contains("random_wait"));
    }
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace interregnum::test
