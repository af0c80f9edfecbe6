// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/unit/scenario/fakes.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

std::string const drill = R"({ "title": "t", "workload": { "test_extras": false },
  "steps": [ { "fault": "test.crash", "target": "leader" } ] })";

TEST(Overrides, ChangeTheFileBeforeItIsChecked) {
    auto const [got, mistakes] = read(drill, {{"steady_before", "2s"},
                                              {"steps[0].for", "5s"},
                                              {"steps.0.target", "db1,db2"},
                                              {"steps[0].count", "3"},
                                              {"title", "7"},
                                              {"expect.test.downtime", "<= 9s"},
                                              {"expect.test.changes", "2"}});
    ASSERT_EQ(mistakes, "");
    EXPECT_EQ(got.title, "7");
    EXPECT_EQ(got.steady_before, 2s);
    auto const& fault = std::get<FaultStep>(got.steps.at(0).what);
    EXPECT_EQ(fault.options.duration("for"), 5s);
    EXPECT_EQ(fault.options.integer("count"), 3);
    EXPECT_EQ(fault.options.roles("target"), (std::vector<std::string>{"db1", "db2"}));
    ASSERT_GE(got.expectations.size(), 2U);
    EXPECT_EQ(got.expectations[0].text, "test.downtime <= 9s");
    EXPECT_EQ(got.expectations[1].text, "test.changes == 2");
}

TEST(Overrides, SwitchCustomersOnAndOff) {
    auto names = [](Scenario const& scenario) {
        std::vector<std::string> ours;
        for (WorkloadItem const& one : scenario.workload)
            if (one.probe->name.starts_with("test_")) ours.emplace_back(one.probe->name);
        return ours;
    };
    auto const switched =
        read(drill, {{"workload.test_buyers", "false"}, {"workload.test_extras", "true"}});
    EXPECT_EQ(switched.mistakes, "");
    EXPECT_EQ(names(switched.scenario), std::vector<std::string>{"test_extras"});
    // Objects on the way are made, but what the file switches off is not switched on in passing.
    auto const made = read(drill, {{"workload.test_buyers.rate", "7/s"}});
    EXPECT_EQ(made.mistakes, "");
    ASSERT_EQ(names(made.scenario), std::vector<std::string>{"test_buyers"});
    EXPECT_EQ(read(drill, {{"workload.test_extras.rate", "7/s"}}).mistakes,
              "command line: --set workload.test_extras.rate: workload.test_extras is false, which "
              "has no keys\n");
}

TEST(Overrides, MistakesAreOfTheCommandLine) {
    EXPECT_EQ(read(drill, {{"steady_before", "10"},
                           {"steady_befor", "10s"},
                           {"steps[0].count", "many"},
                           {"steps[0].target", "leadr"}})
                  .mistakes,
              "command line: steady_before: expected a duration such as \"30s\", \"1m30s\" or "
              "\"500ms\", got 10\n"
              "command line: steps[0].count: expected a whole number from 1 to 9, got \"many\"\n"
              "command line: steps[0].target: unknown role \"leadr\" (did you mean \"leader\"?)\n"
              "command line: steady_befor: unknown key (did you mean \"steady_before\"?)\n");
}

TEST(Overrides, PathsThatLeadNowhereAreMistakes) {
    EXPECT_EQ(read(drill, {{"steps[1].for", "5s"},
                           {"steps[x]", "5s"},
                           {"title.text", "5s"},
                           {"a..b", "1"},
                           {"", "1"}})
                  .mistakes,
              "command line: --set steps[1].for: steps is a list with 1 items, counted from 0; "
              "there is no \"1\"\n"
              "command line: --set steps[x]: steps is a list with 1 items, counted from 0; there "
              "is no \"x\"\n"
              "command line: --set title.text: title is \"t\", which has no keys\n"
              "command line: --set: expected a path such as workload.orders.rate or steps[0].for, "
              "got \"a..b\"\n"
              "command line: --set: expected a path such as workload.orders.rate or steps[0].for, "
              "got \"\"\n");
    std::string deep = "a";
    for (int level = 0; level < 1000; ++level) deep += ".a";
    EXPECT_TRUE(read(drill, {{deep, "1"}}).mistakes.starts_with("command line: --set: expected a"));
}

}  // namespace
}  // namespace interregnum::test
