// SPDX-License-Identifier: MIT
#include "reports/statistics/sample.h"

#include <cmath>
#include <limits>
#include <random>

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

/// The chance that the median of a resample of n values is at most the k-th smallest of them:
/// at least half of n draws fall on those k (Efron 1982). Counted with binomial coefficients.
double median_at_most(int n, int k) {
    double chance = 0;
    for (int hits = (n + 1) / 2; hits <= n; ++hits) {
        double const ways =
            std::exp(std::lgamma(n + 1) - std::lgamma(hits + 1) - std::lgamma(n - hits + 1));
        double const share = static_cast<double>(k) / n;
        chance += ways * std::pow(share, hits) * std::pow(1 - share, n - hits);
    }
    return chance;
}

TEST(MedianInterval, IsThatOfTheExactBootstrapDistribution) {
    for (int const n : {7, 15, 31, 101}) {
        std::vector<double> values;
        for (int i = 1; i <= n; ++i) values.push_back(i);
        auto const made = median_interval(sharp(values), 42);
        ASSERT_TRUE(made);
        int low = 1;
        while (median_at_most(n, low) < 0.025) ++low;
        int high = low;
        while (median_at_most(n, high) < 0.975) ++high;
        // Drawing 4,000 times may miss by a neighbour.
        EXPECT_NEAR(made->low, low, 1) << n;
        EXPECT_NEAR(made->high, high, 1) << n;
    }
}

TEST(MedianInterval, IsTheSameForTheSameSeed) {
    auto const sample = sharp({31.2, 30.9, 33.1, 28.4, 35.0, 29.9, 31.7, 30.2});
    EXPECT_EQ(median_interval(sample, 7), median_interval(sample, 7));
}

TEST(MedianInterval, HoldsTheTruthAsOftenAsItSays) {
    std::mt19937_64 random(13);
    std::exponential_distribution<double> spread(1);
    int held = 0;
    constexpr int rounds = 300;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> values(15);
        for (double& value : values) value = spread(random);
        auto const made = median_interval(sharp(values), static_cast<std::uint64_t>(round));
        ASSERT_TRUE(made);
        held += made->low <= std::log(2.0) && std::log(2.0) <= made->high ? 1 : 0;
    }
    EXPECT_GT(held, rounds * 0.92);
}

TEST(MedianInterval, TakesTheOuterBoundsAndNeedsSixValues) {
    std::vector<Bounded> sample;
    for (int i = 0; i < 5; ++i) sample.push_back({10.0 + i, 11.0 + i, 13.0 + i});
    EXPECT_FALSE(median_interval(sample, 1));
    sample.push_back({10, 11, 13});
    auto const made = median_interval(sample, 1);
    ASSERT_TRUE(made);
    EXPECT_GE(made->low, 10);
    EXPECT_LT(made->low, 12);
    EXPECT_GT(made->high, 13);
    std::vector<Bounded> const same(8, Bounded{4, 5, 6});
    EXPECT_EQ(median_interval(same, 1), (Interval{4, 6}));
}

}  // namespace
}  // namespace interregnum
