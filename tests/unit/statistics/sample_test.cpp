// SPDX-License-Identifier: MIT
#include "reports/statistics/sample.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

std::vector<Bounded> sharp(std::vector<double> const& values) {
    std::vector<Bounded> sample;
    for (double const value : values) sample.push_back({value, value, value});
    return sample;
}

TEST(Quantile, IsTheOneOfRAndNumPy) {
    // quantile(c(1, 2, 4, 8, 16), c(0, .25, .5, .9, .95, 1)) in R.
    auto const sample = sharp({16, 1, 8, 2, 4});
    EXPECT_EQ(quantile(sample, 0).best, 1);
    EXPECT_EQ(quantile(sample, 0.25).best, 2);
    EXPECT_EQ(quantile(sample, 0.5).best, 4);
    EXPECT_NEAR(quantile(sample, 0.9).best, 12.8, 1e-12);
    EXPECT_NEAR(quantile(sample, 0.95).best, 14.4, 1e-12);
    EXPECT_EQ(quantile(sample, 1).best, 16);
    EXPECT_EQ(quantile(sharp({3, 1}), 0.5).best, 2);
    EXPECT_EQ(quantile(sharp({5}), 0.95).best, 5);
}

TEST(Quantile, HoldsTheTrueOneWhereverTheValuesLieInTheirBounds) {
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> in(0, 1);
    for (int round = 0; round < 500; ++round) {
        std::vector<Bounded> sample(1 + random() % 9);
        std::vector<double> truth;
        for (Bounded& value : sample) {
            value.low = in(random) * 10;
            value.high = value.low + in(random) * 5;
            truth.push_back(value.low + in(random) * (value.high - value.low));
            value.best = (value.low + value.high) / 2;
        }
        for (double const share : {0.5, 0.95, 1.0}) {
            Bounded const told = quantile(sample, share);
            double const is = quantile(sharp(truth), share).best;
            EXPECT_LE(told.low, is + 1e-9);
            EXPECT_GE(told.high, is - 1e-9);
        }
    }
}

TEST(Quantile, HasNoUpperBoundOnlyWhereNoneIsKnown) {
    double const never = std::numeric_limits<double>::infinity();
    std::vector<Bounded> const sample{{1, 1, 1}, {2, 2, 2}, {3, 3, never}};
    EXPECT_EQ(quantile(sample, 0.5), (Bounded{2, 2, 2}));
    EXPECT_EQ(quantile(sample, 1), (Bounded{3, 3, never}));
    std::vector<Bounded> const open{{1, 1, never}, {2, 2, never}};
    EXPECT_EQ(quantile(open, 0.5), (Bounded{1.5, 1.5, never}));
    MeasureValue const value{.known = true, .at_least = 4, .at_most = unbounded, .best = 5};
    EXPECT_EQ(bounded(value), (Bounded{4, 5, never}));
}

TEST(MedianInterval, IsThatOfTheSignTest) {
    // As in tables of it: the k-th smallest to the k-th largest of n.
    for (auto const& [n, k] :
         {std::pair(6, 1), std::pair(7, 1), std::pair(8, 1), std::pair(9, 2), std::pair(12, 3),
          std::pair(15, 4), std::pair(20, 6), std::pair(25, 8), std::pair(100, 40)}) {
        std::vector<double> values;
        for (int i = 1; i <= n; ++i) values.push_back(i);
        EXPECT_EQ(median_interval(sharp(values)), (Interval{1.0 * k, 1.0 * (n + 1 - k)})) << n;
    }
    // The chance of one split of 3,000 is below what a double holds.
    std::vector<double> many;
    for (int i = 1; i <= 3000; ++i) many.push_back(i);
    auto const made = median_interval(sharp(many));
    ASSERT_TRUE(made);
    EXPECT_NEAR(made->low, 1500 - 1.96 * std::sqrt(3000) / 2, 2);
    EXPECT_EQ(made->high, 3001 - made->low);
}

TEST(MedianInterval, HoldsTheTruthAsOftenAsItSays) {
    std::mt19937_64 random(13);
    std::exponential_distribution<double> spread(1);
    constexpr int rounds = 400;
    for (std::size_t const count : {std::size_t{6}, std::size_t{7}, std::size_t{15}}) {
        int held = 0;
        for (int round = 0; round < rounds; ++round) {
            std::vector<double> values(count);
            for (double& value : values) value = spread(random);
            auto const made = median_interval(sharp(values));
            ASSERT_TRUE(made);
            held += made->low <= std::log(2.0) && std::log(2.0) <= made->high ? 1 : 0;
        }
        EXPECT_GT(held, rounds * 0.93) << count;
    }
}

TEST(MedianInterval, TakesTheOuterBoundsAndNeedsSixValues) {
    std::vector<Bounded> sample;
    for (int i = 0; i < 5; ++i) sample.push_back({10.0 + i, 11.0 + i, 13.0 + i});
    EXPECT_FALSE(median_interval(sample));
    sample.push_back({10, 11, 13});
    auto const made = median_interval(sample);
    ASSERT_TRUE(made);
    EXPECT_GE(made->low, 10);
    EXPECT_LT(made->low, 12);
    EXPECT_GT(made->high, 13);
    std::vector<Bounded> const same(8, Bounded{4, 5, 6});
    EXPECT_EQ(median_interval(same), (Interval{4, 6}));
}

}  // namespace
}  // namespace interregnum
