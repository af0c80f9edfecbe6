// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/results.h"
#include "tests/unit/statistics/made_runs.h"

namespace interregnum {
namespace {

Trend tell(std::vector<RunSummary> const& runs, int nights = 30, std::string const& of = "") {
    return Registry<TrendKind>::find("default")->tell(runs, "write.downtime", nights, of);
}

RunSummary run_at(std::string const& started, double seconds) {
    RunSummary run = test::made_run(0);
    run.started = started;
    test::add_seconds(run, "write.downtime", seconds);
    return run;
}

/// Generated history, not measured: three runs a night, two seconds apart from night to night.
std::vector<RunSummary> generated_nights(int nights, double newest) {
    std::vector<RunSummary> runs;
    for (int night = 0; night < nights; ++night)
        for (int repeat = 0; repeat < 3; ++repeat) {
            RunSummary run = test::made_run(night);
            run.id += std::to_string(repeat);
            double const seconds = 30 + night % 3 + repeat;
            test::add_seconds(run, "write.downtime", night + 1 == nights ? newest : seconds);
            runs.push_back(std::move(run));
        }
    return runs;
}

TEST(Trend, IsALinePerNightWithABar) {
    auto runs = generated_nights(2, 16);
    runs.pop_back();
    std::string const bar(40, '#');
    EXPECT_EQ(tell(runs).told.text,
              "write.downtime of kill-leader on lab, median a night\n"
              "  night (UTC)  n  median" +
                  std::string(62, ' ') +
                  "runs\n"
                  "  2026-11-01   3  31.00 s (30.99 to 31.01)  " +
                  bar +
                  "  3 pass\n"
                  "  2026-11-02   2  16.00 s (15.99 to 16.01)  " +
                  bar.substr(0, 21) + std::string(21, ' ') +
                  "2 pass\n"
                  "  too few runs to tell whether 2026-11-02 is worse than the nights before\n");
    EXPECT_FALSE(tell(runs).can_tell) << "2 of 5 are the largest in one of ten cases";
    EXPECT_TRUE(tell(generated_nights(2, 16)).can_tell) << "3 of 6, in one of twenty";
}

TEST(Trend, OfThirtyNightsIsOnePageWithADotARunAndAStrokeANight) {
    auto runs = generated_nights(30, 45);
    runs[0].cluster = "<script>";
    std::string const page = tell(runs).page;
    auto const count = [&](std::string_view what) {
        std::size_t found = 0;
        for (auto at = page.find(what); at != std::string::npos; at = page.find(what, at + 1))
            ++found;
        return found;
    };
    EXPECT_EQ(count("class=\"trend-run\""), 90U);
    EXPECT_EQ(count("class=\"trend-median\""), 31U) << "one night on another cluster too";
    EXPECT_EQ(count("REGRESSION: 2026-11-30"), 1U);
    EXPECT_EQ(count("<script"), 0U);
    EXPECT_EQ(count("nan"), 0U);
}

TEST(Trend, SeesARegressionOfTheNewestNight) {
    Trend const worse = tell(generated_nights(10, 45));
    EXPECT_TRUE(worse.can_tell);
    EXPECT_TRUE(worse.regressed);
    EXPECT_NE(worse.told.text.find("REGRESSION: 2026-11-10 is worse than the 9 nights before"),
              std::string::npos)
        << worse.told.text;
    EXPECT_FALSE(tell(generated_nights(10, 31)).regressed);
    EXPECT_FALSE(tell(generated_nights(10, 5)).regressed) << "better";
    EXPECT_TRUE(nlohmann::json::parse(worse.told.json).at("regressed"));
}

TEST(Trend, OfManyScenariosOneRunANightCannotTell) {
    std::vector<RunSummary> runs;
    for (int scenario = 0; scenario < 12; ++scenario)
        for (int night = 0; night < 28; ++night) {
            RunSummary run = test::made_run(night);
            run.scenario += std::to_string(scenario);
            bool const worst = scenario == 0 && night == 27;
            test::add_seconds(run, "write.downtime", worst ? 600 : 30 + night % 7);
            runs.push_back(std::move(run));
        }
    // However long it was: p is at least 1 of 28, times the 12 that were looked at.
    Trend const many = tell(runs);
    EXPECT_FALSE(many.can_tell);
    EXPECT_FALSE(many.regressed);
    EXPECT_EQ(many.told.text.find("than chance explains"), std::string::npos) << many.told.text;
    runs.resize(28);
    EXPECT_TRUE(tell(runs).regressed) << "it is the only one that was asked about";
}

TEST(Trend, LooksAtTheLastNightsOnly) {
    auto const json = nlohmann::json::parse(tell(generated_nights(20, 31), 5).told.json);
    auto const& nights = json.at("lines").at(0).at("nights");
    ASSERT_EQ(nights.size(), 6U);
    EXPECT_EQ(nights.at(0).at("night"), "2026-11-15");
    EXPECT_EQ(nights.at(5).at("median").at("best"), 31'000'000'000);
}

TEST(Trend, TakesAGateAcrossMidnightForOneNight) {
    auto const json = nlohmann::json::parse(
        tell({run_at("2026-11-01T23:20:00.000Z", 30), run_at("2026-11-01T23:50:00.000Z", 31),
              run_at("2026-11-02T00:20:00.000Z", 32), run_at("2026-11-02T23:20:00.000Z", 30)})
            .told.json);
    auto const& nights = json.at("lines").at(0).at("nights");
    ASSERT_EQ(nights.size(), 2U);
    EXPECT_EQ(nights.at(0).at("night"), "2026-11-01");
    EXPECT_EQ(nights.at(0).at("began"), "2026-11-01T23:20:00.000Z");
    EXPECT_EQ(nights.at(0).at("n"), 3);
    EXPECT_EQ(nights.at(1).at("night"), "2026-11-02");
}

TEST(Trend, TellsTwoGatesOfOneDayApartByTheirTime) {
    std::string const text =
        tell({run_at("2026-11-01T02:17:00.000Z", 30), run_at("2026-11-01T14:03:00.000Z", 31)})
            .told.text;
    EXPECT_NE(text.find("\n  2026-11-01 02:17  1  30.00 s"), std::string::npos) << text;
    EXPECT_NE(text.find("\n  2026-11-01 14:03  1  31.00 s"), std::string::npos) << text;
}

TEST(Trend, DoesNotJudgeAgainWhatIsPlayedNoMore) {
    auto runs = generated_nights(10, 45);
    EXPECT_TRUE(tell(runs).regressed);
    for (int night = 10; night < 13; ++night) {
        runs.push_back(test::made_run(night));
        runs.back().scenario = "lag-replica";
        test::add_seconds(runs.back(), "write.downtime", 0);
    }
    for (std::string const of : {"", "kill-leader"}) {
        Trend const later = tell(runs, 30, of);
        EXPECT_FALSE(later.regressed) << of;
        EXPECT_NE(later.told.text.find("not judged: kill-leader was not played in the newest "
                                       "night, 2026-11-13"),
                  std::string::npos)
            << later.told.text;
    }
    EXPECT_FALSE(tell(runs, 30, "kill-leader").can_tell) << "asked for by its name, nobody can say";
    EXPECT_TRUE(tell(runs, 30, "lag-replica").told.text.find("kill-leader") == std::string::npos);
}

TEST(Trend, JudgesAlsoWhatTheRestOfAGateDidNotPlay) {
    // It began at 03:10, died, and was resumed: the drills that were missing are another night.
    auto runs = generated_nights(10, 45);
    auto const add_at = [&](std::string const& started) {
        runs.push_back(run_at(started, 0));
        runs.back().scenario = "lag-replica";
    };
    add_at("2026-11-10T14:10:00.000Z");
    for (std::string const of : {"", "kill-leader"}) {
        Trend const told = tell(runs, 30, of);
        EXPECT_TRUE(told.regressed) << "a newer night says nothing alone: " << told.told.text;
        EXPECT_TRUE(told.can_tell) << of;
    }
    add_at("2026-11-11T15:10:44.123Z");
    EXPECT_TRUE(tell(runs).regressed) << "36 h after it began";
    add_at("2026-11-11T22:10:00.000Z");
    EXPECT_FALSE(tell(runs).regressed) << "43 h";
}

TEST(Trend, DoesNotJudgeAgainOnAClusterThatNobodyDrillsAnyMore) {
    auto runs = generated_nights(10, 45);
    auto const other = [&](int night) {
        runs.push_back(test::made_run(night));
        runs.back().cluster = "new";
        test::add_seconds(runs.back(), "write.downtime", 30);
    };
    other(10);
    EXPECT_TRUE(tell(runs).regressed) << "that one's turn may be one night, this one's the next";
    other(11);
    EXPECT_FALSE(tell(runs).regressed);
}

TEST(Trend, ShowsANightThatProvedNothing) {
    auto runs = generated_nights(3, 31);
    for (std::size_t i = 3; i < 6; ++i) runs[i].verdict = Verdict::inconclusive;
    std::string const text = tell(runs).told.text;
    EXPECT_NE(text.find("2026-11-02   0  -"), std::string::npos) << text;
    EXPECT_NE(text.find("3 inconclusive"), std::string::npos) << text;
    EXPECT_TRUE(tell({}).told.text.empty());
}

}  // namespace
}  // namespace interregnum
