// SPDX-License-Identifier: MIT
#include "reports/statistics/repeats.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/statistics/made_runs.h"

namespace interregnum {
namespace {

using test::made_runs;

TEST(Repeats, AreTabledWithWhatSplitsThem) {
    auto runs = made_runs({30, 34, 31, 35, 32, 36, 33});
    runs[6].verdict = Verdict::fail;
    EXPECT_EQ(tell_repeats(runs).text,
              "7 runs of kill-leader on lab (seeds 7 to 13): 6 pass, 1 fail\n"
              "  measure                        n  median                    p95  "
              "max                       95 % of the median\n"
              "  write.downtime                 7  33.00 s (32.99 to 33.01)  -    "
              "36.00 s (35.99 to 36.01)  29.99 to 36.01 s\n"
              "    etcd leader with the leader  4  31.50 s (31.49 to 31.51)  -    "
              "33.00 s (32.99 to 33.01)  -\n"
              "    etcd leader elsewhere        3  35.00 s (34.99 to 35.01)  -    "
              "36.00 s (35.99 to 36.01)  -\n"
              "  0 in every run: lost\n"
              "  7 runs are too few for a 95th percentile (from 20 on)\n");
}

TEST(Repeats, ClaimNothingOfTooFew) {
    std::string const text = tell_repeats(made_runs({30, 31})).text;
    EXPECT_NE(text.find("2 runs are too few to claim where the median lies (from 6 on), or a 95th "
                        "percentile (from 20)"),
              std::string::npos)
        << text;
}

TEST(Repeats, LeaveOutWhatProvesNothing) {
    auto runs = made_runs({30, 31, 32, 0, 0, 90});
    runs[3].verdict = Verdict::inconclusive;
    runs[4].verdict = Verdict::error;
    runs[5].verdict = Verdict::aborted;
    auto const groups = repeat_groups(runs);
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].counted, 3U);
    ASSERT_EQ(groups[0].measures.size(), 3U);
    EXPECT_EQ(groups[0].measures[1].measure, "write.downtime");
    EXPECT_EQ(groups[0].measures[1].all.max.best, 32e9);
    std::string const text = tell_repeats(runs).text;
    EXPECT_NE(text.find("3 pass, 1 inconclusive, 1 aborted, 1 error"), std::string::npos) << text;
    EXPECT_NE(text.find("3 runs left out of the numbers"), std::string::npos) << text;
}

TEST(Repeats, LeaveNoneOutThatIsMerelyUndecided) {
    auto runs = made_runs({30, 31, 60});
    runs[2].verdict = Verdict::inconclusive;
    runs[2].undecided = true;
    auto const groups = repeat_groups(runs);
    EXPECT_EQ(groups[0].counted, 3U);
    EXPECT_EQ(groups[0].measures[1].all.max.best, 60e9);
}

TEST(Repeats, KnowTheEndOfNoneThatWasDownToTheEnd) {
    auto runs = made_runs({30, 31, 32});
    runs[2].measures["write.downtime"].value.at_most = unbounded;
    auto const spread = repeat_groups(runs)[0].measures[1].all;
    EXPECT_FALSE(std::isinf(spread.median.high));
    EXPECT_TRUE(std::isinf(spread.max.high));
    EXPECT_NE(tell_repeats(runs).text.find("at least 31.99 s"), std::string::npos);
    auto const json = nlohmann::json::parse(tell_repeats(runs).json);
    EXPECT_TRUE(json["groups"][0]["measures"]["write.downtime"]["max"]["at_most"].is_null());
}

TEST(Repeats, KeepScenariosAndClustersApart) {
    auto runs = made_runs({30, 31, 32, 33});
    runs[1].scenario = "crash-postgres";
    runs[2].cluster = "other";
    auto const groups = repeat_groups(runs);
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[0].scenario, "crash-postgres");
    EXPECT_EQ(groups[1].runs.size(), 2U);
    EXPECT_EQ(groups[2].cluster, "other");
}

TEST(Repeats, GiveEveryMeasureToPrograms) {
    auto runs = made_runs(std::vector<double>(20, 31.5));
    runs[4].measures["lost"].value = {.known = false, .why_unknown = "no final read"};
    runs[5].etcd_with_leader.reset();
    auto const json = nlohmann::json::parse(tell_repeats(runs).json);
    auto const& group = json.at("groups").at(0);
    EXPECT_EQ(group.at("runs").size(), 20U);
    EXPECT_TRUE(group.at("runs").at(5).at("etcd_leader_with_leader").is_null());
    auto const& write = group.at("measures").at("write.downtime");
    EXPECT_EQ(write.at("n"), 20);
    EXPECT_EQ(write.at("p95").at("at_most"), 31'510'000'000);
    EXPECT_EQ(write.at("median_interval_95").at("from"), 31'490'000'000);
    EXPECT_EQ(write.at("etcd_leader_elsewhere").at("n"), 9);
    EXPECT_EQ(group.at("measures").at("lost").at("unknown"), 1);
    EXPECT_EQ(group.at("measures").at("write.latency.p99").at("unit"), "ns");
}

TEST(Repeats, LetNoNameOutOfItsCell) {
    auto runs = made_runs({30});
    runs[0].scenario = "a|b<script>";
    std::string const text = tell_repeats(runs).markdown;
    EXPECT_EQ(text.find("<script>"), std::string::npos);
    EXPECT_NE(text.find("a\\|b&lt;script>"), std::string::npos) << text;
    EXPECT_NE(text.find("write.latency.p99"), std::string::npos);
}

}  // namespace
}  // namespace interregnum
