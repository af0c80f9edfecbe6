// SPDX-License-Identifier: MIT
#include "harness/cli/watch_flags.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// What is said of a command line with mistakes; nothing else comes of it.
std::string said_of(WatchFlags const& flags) {
    Mistakes mistakes;
    static_cast<void>(watch_scenario(flags, mistakes));
    return mistakes.text();
}

TEST(WatchScenario, IsCustomersForThatLongAndNoFault) {
    Mistakes mistakes;
    Scenario const scenario = watch_scenario(
        {.span = "10m", .sets = {"workload.orders.rate=20/s", "workload.tickets=false"}}, mistakes);
    ASSERT_TRUE(mistakes.empty()) << mistakes.text();
    EXPECT_EQ(scenario.name, "watch");
    EXPECT_EQ(scenario.steady_before, 0s);
    EXPECT_EQ(scenario.steady_after, 0s);
    ASSERT_EQ(scenario.steps.size(), 1U);
    ASSERT_TRUE(std::holds_alternative<SteadyStep>(scenario.steps[0].what));
    EXPECT_EQ(std::get<SteadyStep>(scenario.steps[0].what).span, 10min);
    auto const named = [&](std::string_view name) {
        return std::ranges::find_if(scenario.workload, [name](WorkloadItem const& item) {
            return item.probe->name == name;
        });
    };
    ASSERT_NE(named("orders"), scenario.workload.end());
    EXPECT_DOUBLE_EQ(named("orders")->options.rate_per_s("rate"), 20);
    EXPECT_EQ(named("tickets"), scenario.workload.end());
}

TEST(WatchScenario, IsHeldToNoDowntimeUnlessAsked) {
    auto const limits = [](WatchFlags const& flags) {
        Mistakes mistakes;
        std::vector<std::string> texts;
        for (record::Expectation const& one : watch_scenario(flags, mistakes).expectations)
            texts.push_back(one.text);
        EXPECT_TRUE(mistakes.empty()) << mistakes.text();
        return texts;
    };
    std::vector<std::string> const always{"lost == 0", "duplicated == 0", "oversold == 0",
                                          "ghost == 0", "split_brain == 0"};
    EXPECT_EQ(limits({}), always);
    auto asked = limits({.expects = {"write.downtime <= 5s", "lost <= 3"}});
    ASSERT_EQ(asked.size(), 6U);
    EXPECT_EQ(asked[0], "write.downtime <= 5s");
    EXPECT_EQ(asked[1], "lost <= 3");
}

TEST(WatchScenario, MistakesNameTheFlags) {
    EXPECT_TRUE(said_of({.span = "10 apples"}).starts_with("command line: --for: "))
        << said_of({.span = "10 apples"});
    EXPECT_EQ(said_of({.sets = {"workload.orders.rate"}}),
              "--set: workload.orders.rate: expected workload.CUSTOMER.OPTION=VALUE, for example "
              "workload.orders.rate=20/s\n");
    EXPECT_EQ(said_of({.sets = {"steps[0].steady=1h"}}),
              "--set: steps[0].steady=1h: expected workload.CUSTOMER.OPTION=VALUE, for example "
              "workload.orders.rate=20/s\n");
    std::string const unknown = said_of({.sets = {"workload.ordres.rate=20/s"}});
    EXPECT_TRUE(unknown.starts_with("command line: --set workload.ordres: ")) << unknown;
    EXPECT_NE(unknown.find("\"orders\""), std::string::npos) << unknown;
    EXPECT_NE(said_of({.expects = {"write.downtme <= 5s"}}).find("write.downtime"),
              std::string::npos);
}

TEST(WatchScenario, LastsADayAtMost) {
    EXPECT_EQ(said_of({.span = "24h"}), "");
    std::string const said = said_of({.span = "25h"});
    EXPECT_TRUE(said.starts_with("command line: --for: ")) << said;
    EXPECT_NE(said.find("at most 24h, found 25h: its record could not be read"), std::string::npos)
        << said;
}

TEST(WatchAgain, SaysAllThatWasSaid) {
    WatchFlags const flags{.cluster = {.inventory = "nightly.json"},
                           .span = "10m",
                           .sets = {"workload.orders.rate=20/s"},
                           .expects = {"write.downtime <= 5s"}};
    EXPECT_EQ(watch_again(flags, 7),
              "interregnum watch --inventory nightly.json --for 10m --set "
              "workload.orders.rate=20/s --expect 'write.downtime <= 5s' --seed 7");
    EXPECT_EQ(watch_again({}, 7), "interregnum watch --seed 7");
}

}  // namespace
}  // namespace interregnum
