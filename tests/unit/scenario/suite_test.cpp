// SPDX-License-Identifier: MIT
#include "harness/scenario/suite.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/support/temp_folder.h"

namespace interregnum::test {
namespace {

struct Read {
    Suite suite;
    std::string mistakes;
};

Read read_suite(std::string_view text, std::string const& file = "suites/s.json") {
    Mistakes mistakes;
    Suite suite = parse_suite(file, text, mistakes);
    return {.suite = std::move(suite), .mistakes = mistakes.text()};
}

TEST(Suite, ReadsDrillsThresholdsPeopleAndHooks) {
    auto const [suite, mistakes] = read_suite(R"({
  // for tests
  "title": "All of it",
  "preflight": "warn",
  "retries": 3,
  "drills": [
    { "scenario": "kill-leader", "repeat": 20, "value": 90,
      "set": { "steady_before": "5s", "workload.orders.rate": "20/s" },
      "expect": { "write.downtime": "<= 45s" },
      "thresholds": { "write.downtime": { "median": "<= 30s", "p95": "<= 40s" } } },
    { "scenario": "switchover" },
  ],
  "manual": { "restore-tested": "A backup was restored" },
  "before": [["pager", "off"]], "after": [["pager", "on"], ["date"]],
})");
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(suite.name, "s");
    EXPECT_EQ(suite.title, "All of it");
    EXPECT_EQ(suite.preflight, Suite::Preflight::warn);
    EXPECT_EQ(suite.retries, 3);
    ASSERT_EQ(suite.drills.size(), 2U);
    SuiteDrill const& first = suite.drills[0];
    EXPECT_EQ(first.scenario.name, "kill-leader");
    EXPECT_EQ(first.scenario.steady_before, std::chrono::seconds(5));
    EXPECT_EQ(first.repeats, 20);
    EXPECT_EQ(first.sets,
              (std::vector<std::string>{"steady_before=5s", "workload.orders.rate=20/s"}));
    EXPECT_EQ(first.expects, (std::vector<std::string>{"write.downtime <= 45s"}));
    ASSERT_EQ(first.thresholds.size(), 2U);
    EXPECT_EQ(first.thresholds[0].statistic, Statistic::median);
    EXPECT_EQ(first.thresholds[0].limit.text, "write.downtime <= 30s");
    EXPECT_EQ(first.thresholds[1].statistic, Statistic::p95);
    EXPECT_EQ(first.thresholds[1].limit.limit, 40'000'000'000);
    EXPECT_EQ(first.value, 90);
    EXPECT_EQ(suite.drills[1].repeats, 1);
    EXPECT_EQ(suite.drills[1].value, 50);
    ASSERT_EQ(suite.manual.size(), 1U);
    EXPECT_EQ(suite.manual[0].id, "restore-tested");
    EXPECT_EQ(suite.manual[0].by, "");
    EXPECT_EQ(suite.before, (std::vector<Hook>{{"pager", "off"}}));
    EXPECT_EQ(suite.after, (std::vector<Hook>{{"pager", "on"}, {"date"}}));
}

TEST(Suite, TheDrillsOwnExpectationsReplaceTheScenarios) {
    auto const [suite, mistakes] = read_suite(R"({"title": "t", "drills": [
        {"scenario": "kill-leader", "expect": {"write.downtime": "<= 45s"}}]})");
    ASSERT_EQ(mistakes, "");
    std::vector<std::string> limits;
    for (record::Expectation const& one : suite.drills.at(0).scenario.expectations)
        if (one.measure == "write.downtime") limits.push_back(one.text);
    EXPECT_EQ(limits, (std::vector<std::string>{"write.downtime <= 45s"}));
}

TEST(Suite, FindsScenariosBesideItself) {
    TempFolder const folder;
    std::ofstream(folder / "mine.json")
        << R"({"title": "Mine", "steps": [{"fault": "node.crash", "target": "leader"}]})";
    auto const [suite, mistakes] =
        read_suite(R"({"title": "t", "drills": [{"scenario": "./mine.json"}]})", folder / "s.json");
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(suite.drills.at(0).scenario.title, "Mine");
}

TEST(Suite, ATagBringsAllThatShipWithItButNoneTwice) {
    auto const names = [](std::string const& drills) {
        auto const [suite, mistakes] = read_suite(R"({"title": "t", "drills": [)" + drills + "]}");
        EXPECT_EQ(mistakes, "");
        std::vector<std::string> all;
        for (SuiteDrill const& one : suite.drills) {
            all.push_back(one.scenario.name);
            EXPECT_EQ(one.repeats, one.scenario.name == "kill-replica" ? 1 : 2);
        }
        return all;
    };
    auto const tagged = shipped_with_tag("power");
    ASSERT_TRUE(tagged) << tagged.error().message;
    ASSERT_GE(tagged->size(), 2U);
    EXPECT_TRUE(std::ranges::is_sorted(*tagged));
    auto expected = *tagged;
    std::erase(expected, "kill-replica");
    expected.push_back("kill-replica");
    EXPECT_EQ(names(R"({"tag": "power", "repeat": 2}, {"tag": "power", "repeat": 2},
        {"scenario": "kill-replica"})"),
              expected);
}

/// What is wrong with a suite, and where the mistake has to be.
struct Wrong {
    char const* text;
    char const* said;
};
class WrongSuite : public testing::TestWithParam<Wrong> {};

TEST_P(WrongSuite, IsSaidWithItsPlace) {
    auto const read = read_suite(GetParam().text);
    EXPECT_NE(read.mistakes.find(GetParam().said), std::string::npos) << read.mistakes;
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongSuite,
    testing::Values(
        Wrong{R"({"drills": [{"scenario": "switchover"}]})", "missing key \"title\""},
        Wrong{R"({"title": "t"})", "missing key \"drills\""},
        Wrong{R"({"title": "t", "drills": []})", "expected a list of at least one drill"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "kill-laeder"}]})", "kill-leader"},
        Wrong{R"({"title": "t", "drills": [{"tag": "powre"}]})", "(did you mean \"power\"?)"},
        Wrong{R"({"title": "t", "drills": [{"tag": "power", "scenario": "switchover"}]})",
              "got both"},
        Wrong{R"({"title": "t", "drills": [{"repeat": 2}]})", "drills[0]: missing key"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover", "repeats": 2}]})",
              "drills[0].repeats"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover", "repeat": 0}]})",
              "drills[0].repeat"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover"},
                  {"scenario": "switchover"}]})",
              "in this suite already"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover",
                  "thresholds": {"write.downtme": {"max": "<= 3s"}}}]})",
              "write.downtime"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover", "value": 101}]})", "value"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover",
                  "thresholds": {"write.downtime": {"mean": "<= 3s"}}}]})",
              "mean"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover",
                  "thresholds": {"write.downtime": {"max": "3"}}}]})",
              "expected a limit such as"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover", "repeat": 19,
                  "thresholds": {"write.downtime": {"p95": "<= 3s"}}}]})",
              "19 repeats tell no 95th percentile"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover",
                  "set": {"steady_befor": "5s"}}]})",
              "steady_before"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover"}],
                  "manual": {"Restore tested": "x"}})",
              "expected a short name"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover"}], "before": [[]]})",
              "before[0]"},
        Wrong{R"({"title": "t", "drills": [{"scenario": "switchover"}], "before": "pager off"})",
              "expected a list of commands"}));

TEST(FindSuite, ByNameAndWithTheNearestName) {
    EXPECT_TRUE(find_suite("smoke"));
    auto const wrong = find_suite("smoek");
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("\"smoke\""), std::string::npos) << wrong.error().message;
}

}  // namespace
}  // namespace interregnum::test
