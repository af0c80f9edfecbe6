// SPDX-License-Identifier: MIT
#include "reports/statistics/compare.h"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/statistics/made_runs.h"

namespace interregnum {
namespace {

using test::made_runs;

/// Downtimes as Patroni's cycle makes them: detection anywhere within ten seconds before the ttl.
std::vector<double> drawn(std::mt19937_64& random, int count, double ttl) {
    std::uniform_real_distribution<double> phase(0, 10);
    std::vector<double> downtimes;
    for (int i = 0; i < count; ++i) downtimes.push_back(ttl - phase(random) + 2);
    return downtimes;
}

TEST(Compare, SaysWhichIsShorterAndByHowMuch) {
    std::mt19937_64 random(3);
    auto const compared =
        compare_runs(made_runs(drawn(random, 15, 30)), made_runs(drawn(random, 15, 20)), {});
    EXPECT_EQ(compared.claims, 1);
    EXPECT_EQ(compared.worse, 0);
    EXPECT_TRUE(compared.can_tell);
    auto const json = nlohmann::json::parse(compared.told.json);
    for (auto const& measure : json.at("measures"))
        if (measure.at("measure") == "write.downtime") {
            EXPECT_EQ(measure.at("claim"), "b_smaller");
            EXPECT_LE(measure.at("shift_interval_95").at("from"), -10'000'000'000);
            EXPECT_GE(measure.at("shift_interval_95").at("to"), -10'000'000'000);
            EXPECT_NE(measure.at("sentence").get<std::string>().find("s shorter ("),
                      std::string::npos);
            EXPECT_NE(measure.at("sentence").get<std::string>().find("p < 0.001"),
                      std::string::npos);
        }
    auto const reverse =
        compare_runs(made_runs(drawn(random, 15, 20)), made_runs(drawn(random, 15, 30)), {});
    EXPECT_EQ(reverse.worse, 1);
    EXPECT_NE(reverse.told.text.find("s longer ("), std::string::npos) << reverse.told.text;
}

TEST(Compare, ClaimsNothingOfTheSameClusterMoreOftenThanItSays) {
    std::mt19937_64 random(4);
    int claims = 0;
    constexpr int rounds = 400;
    for (int round = 0; round < rounds; ++round) {
        auto a = made_runs(drawn(random, 15, 30));
        auto b = made_runs(drawn(random, 15, 30));
        // Four measures, which would make nearly a fifth of the comparisons claim something if
        // nothing was corrected for their number.
        for (auto* side : {&a, &b})
            for (RunSummary& run : *side)
                for (char const* name : {"read.downtime", "cache.downtime", "cart.downtime"})
                    test::add_seconds(run, name, drawn(random, 1, 30).front());
        claims += compare_runs(a, b, {}).claims > 0 ? 1 : 0;
    }
    EXPECT_LT(claims, rounds * 0.08);
}

TEST(Compare, SaysThatTooFewCannotTell) {
    auto const compared = compare_runs(made_runs({30, 31, 32}), made_runs({10, 11, 12}), {});
    EXPECT_FALSE(compared.can_tell);
    EXPECT_EQ(compared.claims, 0);
    EXPECT_NE(compared.told.text.find("too few runs to claim anything: p is at least 0.10"),
              std::string::npos)
        << compared.told.text;
    EXPECT_TRUE(compare_runs(made_runs({30, 31, 32, 33}), made_runs({10, 11, 12, 13}), {}).claims ==
                1);
}

TEST(Compare, SaysThatTooFewCannotTellOfSoManyMeasures) {
    auto a = made_runs({30, 31, 32, 33});
    auto b = made_runs({10, 11, 12, 13});
    for (auto* side : {&a, &b})
        for (std::size_t i = 0; i < side->size(); ++i)
            test::add_seconds((*side)[i], "read.downtime", 1.0 + static_cast<double>(i));
    // The smallest p that there can be, 2 of 70, is doubled: nothing could ever be claimed.
    auto const compared = compare_runs(a, b, {});
    EXPECT_EQ(compared.claims, 0);
    EXPECT_FALSE(compared.can_tell);
    EXPECT_NE(compared.told.text.find("of so many measures: p is at least 0.029"),
              std::string::npos)
        << compared.told.text;
    EXPECT_EQ(compare_runs(a, b, {"write.downtime"}).claims, 1);
}

TEST(Compare, TestsOnlyWhatCanBeClaimed) {
    EXPECT_EQ(can_be_claimed({}), std::vector<bool>{});
    EXPECT_EQ(can_be_claimed({0.03, 0.03}), (std::vector<bool>{false, false}));
    EXPECT_EQ(can_be_claimed({0.02, 0.03}), (std::vector<bool>{true, false}))
        << "the other one is not corrected for";
    EXPECT_EQ(can_be_claimed({0.02, 0.01, 0.5}), (std::vector<bool>{true, true, false}));
}

TEST(Compare, ClaimsOnlyWhatHoldsWithinTheBounds) {
    std::vector<Bounded> a;
    std::vector<Bounded> b;
    for (int i = 0; i < 8; ++i) {
        a.push_back({10, 14, 20});
        b.push_back({11, 16, 21});
    }
    EXPECT_EQ(bounded_rank_test(a, b).p, 1) << "the best values differ, the truth need not";
    for (Bounded& value : b) value.low = 20.5;
    for (Bounded& value : b) value.best = 20.7;
    EXPECT_LT(bounded_rank_test(a, b).p, 0.001);
    EXPECT_LT(bounded_rank_test(b, a).p, 0.001);
}

TEST(Compare, CorrectsAsHolmSays) {
    // Worked by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, then not below the one before.
    auto const adjusted = holm({0.01, 0.04, 0.03, 0.005});
    EXPECT_NEAR(adjusted[3], 0.02, 1e-12);
    EXPECT_NEAR(adjusted[0], 0.03, 1e-12);
    EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
    EXPECT_NEAR(adjusted[1], 0.06, 1e-12);
    EXPECT_TRUE(holm({}).empty());
}

TEST(Compare, TakesOnlyWhatBothHaveAndWhatIsAskedFor) {
    auto const a = made_runs({30, 31, 32, 33, 34});
    auto b = made_runs({40, 41, 42, 43, 44, 50});
    b[5].scenario = "switchover";
    b[4].verdict = Verdict::inconclusive;
    auto const all = compare_measures(a, b, {});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].measure, "lost");
    EXPECT_FALSE(all[0].varies);
    EXPECT_EQ(all[1].b.size(), 4U) << "an inconclusive run proves nothing";
    EXPECT_EQ(compare_measures(a, b, {"write.latency.p99"}).size(), 1U);
    auto const told = compare_runs(a, b, {}).told.text;
    EXPECT_NE(told.find("only B has runs of switchover: not compared"), std::string::npos) << told;
    auto const none = compare_runs({}, b, {});
    EXPECT_FALSE(none.can_tell);
    EXPECT_NE(none.told.text.find("nothing to compare"), std::string::npos);
}

TEST(Compare, SaysMoreOftenWhereMostAreEqual) {
    auto const a = made_runs(std::vector<double>(20, 30));
    auto b = a;
    for (std::size_t i = 0; i < 8; ++i) test::add_count(b[i], "lost", 3);
    auto const all = compare_measures(a, b, {});
    EXPECT_EQ(all[0].claim, Claim::larger);
    EXPECT_NE(sentence_of(all[0]).find("B is more in more runs than chance explains"),
              std::string::npos)
        << sentence_of(all[0]);
}

}  // namespace
}  // namespace interregnum
