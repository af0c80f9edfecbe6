// SPDX-License-Identifier: MIT
#include "reports/statistics/rank_test.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

// Permeability of the placenta, from Hollander and Wolfe (1973), p. 69: the example of R's
// wilcox.test, which says W = 35 and p = 0.1272 for x being larger.
std::vector<double> const at_term{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
std::vector<double> const early{1.15, 0.88, 0.90, 0.74, 1.21};

std::vector<Bounded> sharp(std::vector<double> const& values) {
    std::vector<Bounded> sample;
    for (double const value : values) sample.push_back({value, value, value});
    return sample;
}

double pairs_won(std::vector<double> const& a, std::vector<double> const& b) {
    double won = 0;
    for (double const left : a)
        for (double const right : b) won += right > left ? 1 : (right == left ? 0.5 : 0);
    return won;
}

/// p by going through every split of the pooled values, and nothing clever.
std::pair<double, double> by_enumeration(std::vector<double> const& a,
                                         std::vector<double> const& b) {
    std::vector<double> pooled = a;
    pooled.insert(pooled.end(), b.begin(), b.end());
    double const seen = pairs_won(a, b);
    double less = 0;
    double greater = 0;
    double all = 0;
    for (unsigned mask = 0; mask < 1U << pooled.size(); ++mask) {
        std::vector<double> left;
        std::vector<double> right;
        for (std::size_t i = 0; i < pooled.size(); ++i)
            ((mask >> i & 1U) != 0 ? right : left).push_back(pooled[i]);
        if (right.size() != b.size()) continue;
        double const won = pairs_won(left, right);
        all += 1;
        less += won <= seen ? 1 : 0;
        greater += won >= seen ? 1 : 0;
    }
    return {less / all, greater / all};
}

TEST(RankTest, SaysWhatTheTextbookSays) {
    RankTest const test = rank_test(early, at_term);
    EXPECT_TRUE(test.exact);
    EXPECT_DOUBLE_EQ(test.u, 35);
    EXPECT_NEAR(test.p_greater, 0.1272, 0.00005);
    EXPECT_NEAR(test.p, 0.2544, 0.0001);
    RankTest const reverse = rank_test(at_term, early);
    EXPECT_DOUBLE_EQ(reverse.u, 15);
    EXPECT_DOUBLE_EQ(reverse.p_less, test.p_greater);
}

TEST(RankTest, CountsOutEverySplitWithAndWithoutTies) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 60; ++round) {
        std::size_t const m = 1 + random() % 6;
        std::size_t const n = 1 + random() % 6;
        std::uint64_t const values = round % 2 == 0 ? 4 : 1'000'000;  // 4: many ties
        std::vector<double> a(m);
        std::vector<double> b(n);
        for (double& value : a) value = static_cast<double>(random() % values);
        for (double& value : b) value = static_cast<double>(random() % values);
        auto const [less, greater] = by_enumeration(a, b);
        RankTest const test = rank_test(a, b);
        EXPECT_NEAR(test.p_less, less, 1e-12);
        EXPECT_NEAR(test.p_greater, greater, 1e-12);
        EXPECT_DOUBLE_EQ(test.u, pairs_won(a, b));
    }
}

TEST(RankTest, ApproximatesWhatItWouldCount) {
    // 25 and 25 are counted out; one value more on each side is approximated. Both must agree
    // with each other where the evidence is the same.
    std::vector<double> a;
    std::vector<double> b;
    for (int i = 0; i < 25; ++i) {
        a.push_back(i * 2);
        b.push_back(i * 2 + 13);
    }
    RankTest const exact = rank_test(a, b);
    EXPECT_TRUE(exact.exact);
    a.push_back(24.5);
    b.push_back(37.5);
    RankTest const near = rank_test(a, b);
    EXPECT_FALSE(near.exact);
    EXPECT_NEAR(near.p, exact.p, 0.02);
    // The formula by hand, without ties: mean mn/2, variance mn(m+n+1)/12.
    double const z = (near.u - 338 - 0.5) / std::sqrt(26.0 * 26 * 53 / 12);
    EXPECT_NEAR(near.p_greater, 0.5 * std::erfc(z / std::sqrt(2.0)), 1e-12);
}

TEST(RankTest, CountsOutFewAgainstMany) {
    std::vector<double> many{44};
    for (int i = 0; i < 44; ++i) many.insert(many.end(), 2, static_cast<double>(i));
    std::vector<double> const one{1000};
    RankTest const test = rank_test(many, one);
    EXPECT_TRUE(test.exact);
    EXPECT_NEAR(test.p_greater, 1.0 / 90, 1e-12);
    EXPECT_NEAR(test.p_less, 1, 1e-12);
    EXPECT_NEAR(test.p, smallest_p(89, 1), 1e-12);
    EXPECT_NEAR(rank_test(one, many).p_less, 1.0 / 90, 1e-12);
    // Of the two that are alike each may be the one.
    EXPECT_NEAR(rank_test(many, std::vector{43.0}).p_greater, 4.0 / 90, 1e-12);
    EXPECT_NEAR(rank_test(many, std::vector{1000.0, 1001.0}).p_greater, 2.0 / (91 * 90), 1e-12);
}

TEST(RankTest, CorrectsTheVarianceForTies) {
    // 30 of each, all 0 or 1: the groups are of 40 and 20 values.
    std::vector<double> a(30, 0.0);
    std::vector<double> b(30, 0.0);
    std::fill_n(a.begin(), 5, 1.0);
    std::fill_n(b.begin(), 15, 1.0);
    RankTest const test = rank_test(a, b);
    double const ties = (40.0 * 40 * 40 - 40 + 20.0 * 20 * 20 - 20) / (60.0 * 59);
    double const z = (test.u - 450 - 0.5) / std::sqrt(900.0 / 12 * (61 - ties));
    EXPECT_NEAR(test.p_greater, 0.5 * std::erfc(z / std::sqrt(2.0)), 1e-12);
    EXPECT_LT(test.p, 0.01);
}

TEST(RankTest, SaysNothingOfNothing) {
    EXPECT_EQ(rank_test({}, at_term).p, 1);
    std::vector<double> const same(40, 7.0);
    EXPECT_EQ(rank_test(same, same).p, 1);
    std::vector<double> const few(3, 7.0);
    EXPECT_EQ(rank_test(few, few).p, 1);
    double const never = std::numeric_limits<double>::infinity();
    EXPECT_NEAR(rank_test(std::vector{1.0, 2.0, 3.0}, std::vector{never, never, never}).p, 0.1,
                1e-12);
}

TEST(RankTest, KnowsTheSmallestPossibleP) {
    EXPECT_NEAR(smallest_p(3, 3), 0.1, 1e-12);
    EXPECT_NEAR(smallest_p(4, 4), 2.0 / 70, 1e-12);
    EXPECT_NEAR(smallest_p(1, 30), 2.0 / 31, 1e-12);
    EXPECT_EQ(smallest_p(0, 30), 1);
    EXPECT_EQ(smallest_p(1, 1), 1);
}

TEST(Shift, IsTheMedianOfAllDifferences) {
    std::vector<double> all;
    for (double const left : early)
        for (double const right : at_term) all.push_back(right - left);
    std::ranges::sort(all);
    Shift const made = shift(sharp(early), sharp(at_term));
    EXPECT_NEAR(made.estimate.best, (all[24] + all[25]) / 2, 1e-12);
    EXPECT_NEAR(made.estimate.best, 0.305, 0.0005);  // as the textbook says
    // Tables of U for 5 and 10: P(U <= 8) = 0.020 and P(U <= 9) = 0.028, so k is 9.
    ASSERT_TRUE(made.interval);
    EXPECT_NEAR(made.interval->low, all[8], 1e-12);
    EXPECT_NEAR(made.interval->high, all[50 - 9], 1e-12);
}

TEST(Shift, HoldsTheTruthAsOftenAsItSays) {
    std::mt19937_64 random(11);
    std::exponential_distribution<double> spread(0.2);
    for (auto const& [m, n] : {std::pair{8U, 8U}, std::pair{15U, 6U}, std::pair{40U, 30U}}) {
        int held = 0;
        for (int round = 0; round < 600; ++round) {
            std::vector<double> a(m);
            std::vector<double> b(n);
            for (double& value : a) value = spread(random);
            for (double& value : b) value = spread(random) + 8;
            Shift const made = shift(sharp(a), sharp(b));
            ASSERT_TRUE(made.interval);
            held += made.interval->low <= 8 && 8 <= made.interval->high ? 1 : 0;
        }
        EXPECT_GT(held, 600 * 0.93) << m << " and " << n;
    }
}

TEST(Shift, CarriesBothBoundsThrough) {
    std::vector<Bounded> const a{{9, 10, 12}, {9, 10, 12}, {9, 10, 12}, {9, 10, 12}};
    std::vector<Bounded> const b{{18, 20, 21}, {18, 20, 21}, {18, 20, 21}, {18, 20, 21}};
    Shift const made = shift(a, b);
    EXPECT_EQ(made.estimate, (Bounded{6, 10, 12}));
    ASSERT_TRUE(made.interval);
    EXPECT_EQ(*made.interval, (Interval{6, 12}));
    EXPECT_FALSE(shift(sharp({1, 2, 3}), sharp({4, 5, 6})).interval) << "3 and 3 prove nothing";
    std::vector<Bounded> const open{{18, 20, std::numeric_limits<double>::infinity()}};
    EXPECT_TRUE(std::isinf(shift(a, open).estimate.high));
    EXPECT_EQ(shift(open, a).estimate.low, -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace interregnum
