// SPDX-License-Identifier: MIT
#include "reports/statistics/rank_test.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

namespace interregnum {
namespace {

// The two-sided 5 % point of the standard normal distribution.
constexpr double z_97_5 = 1.959963984540054;
constexpr double half_of_5_percent = 0.025;

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

struct Ranked {
    std::vector<std::uint32_t> doubled;  ///< twice the midrank, of a's values and then of b's
    double ties{};                       ///< the sum of t^3 - t over the groups of equal values
};

Ranked rank(std::span<double const> a, std::span<double const> b) {
    std::vector<double> pooled(a.begin(), a.end());
    pooled.insert(pooled.end(), b.begin(), b.end());
    std::vector<std::size_t> order(pooled.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t index) { return pooled[index]; });
    Ranked ranked{.doubled = std::vector<std::uint32_t>(pooled.size())};
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && pooled[order[end]] == pooled[order[begin]]) ++end;
        // The ranks begin + 1 to end have this mean, doubled.
        for (std::size_t i = begin; i < end; ++i)
            ranked.doubled[order[i]] = static_cast<std::uint32_t>(begin + 1 + end);
        auto const equal = static_cast<double>(end - begin);
        ranked.ties += equal * equal * equal - equal;
        begin = end;
    }
    return ranked;
}

// Entry s: how many choices of `chosen` of the ranks have the sum s.
std::vector<double> sums_of(std::vector<std::uint32_t> const& ranks, std::size_t chosen) {
    std::size_t const most = std::min(std::accumulate(ranks.begin(), ranks.end(), std::size_t{0}),
                                      chosen * std::ranges::max(ranks));
    std::vector<std::vector<double>> counts(chosen + 1, std::vector<double>(most + 1));
    counts[0][0] = 1;
    for (std::uint32_t const rank : ranks)
        for (std::size_t taken = chosen; taken > 0; --taken)
            for (std::size_t sum = most; sum >= rank; --sum)
                counts[taken][sum] += counts[taken - 1][sum - rank];
    return counts[chosen];
}

bool is_counted_out(std::size_t m, std::size_t n) {
    return m + n <= exact_up_to || (std::min(m, n) <= few_up_to && m + n <= exact_of_few_up_to);
}

// As many values as lie in a quantile of the differences' interval: the largest k for which fewer
// than k of all m n pairs being the other way round has a probability of at most 2.5 %.
std::size_t outermost(std::size_t m, std::size_t n) {
    if (m + n > exact_up_to) {
        auto const pairs = static_cast<double>(m * n);
        double const spread = std::sqrt(pairs * static_cast<double>(m + n + 1) / 12);
        double const k = std::floor(pairs / 2 - z_97_5 * spread);
        return k < 1 ? 0 : static_cast<std::size_t>(k);
    }
    std::vector<std::uint32_t> ranks(m + n);
    std::iota(ranks.begin(), ranks.end(), 1U);
    auto const counts = sums_of(ranks, n);
    double const all = std::accumulate(counts.begin(), counts.end(), 0.0);
    double below = 0;
    std::size_t const smallest = n * (n + 1) / 2;  // the rank sum at which U is 0
    for (std::size_t k = 0; smallest + k < counts.size(); ++k) {
        below += counts[smallest + k];
        if (below / all > half_of_5_percent) return k;
    }
    return 0;
}

using Member = double Bounded::*;

// Differences b - a, of one bound of each, partly sorted by whoever asks.
std::vector<double> differences(std::span<Bounded const> a, Member of_a, std::span<Bounded const> b,
                                Member of_b) {
    std::vector<double> all;
    all.reserve(a.size() * b.size());
    for (Bounded const& left : a)
        for (Bounded const& right : b) all.push_back(right.*of_b - left.*of_a);
    return all;
}

double nth(std::vector<double>& values, std::size_t index) {
    auto const place = values.begin() + static_cast<std::ptrdiff_t>(index);
    std::ranges::nth_element(values, place);
    return *place;
}

double median(std::vector<double>& values) {
    double const upper = nth(values, values.size() / 2);
    if (values.size() % 2 == 1) return upper;
    double const lower = nth(values, values.size() / 2 - 1);
    return lower == upper ? upper : lower + (upper - lower) / 2;
}

}  // namespace

RankTest rank_test(std::span<double const> a, std::span<double const> b) {
    if (a.empty() || b.empty()) return {};
    Ranked const ranked = rank(a, b);
    std::size_t const m = a.size();
    std::size_t const n = b.size();
    std::size_t const doubled_sum =
        std::accumulate(ranked.doubled.begin() + static_cast<std::ptrdiff_t>(m),
                        ranked.doubled.end(), std::size_t{0});
    RankTest test;
    test.u = (static_cast<double>(doubled_sum) - static_cast<double>(n * (n + 1))) / 2;
    if (is_counted_out(m, n)) {
        test.exact = true;
        // A split is as well told by either sample's sum: that of the smaller one is counted.
        bool const of_a = m < n;
        std::size_t const both = (m + n) * (m + n + 1);
        auto const counts = sums_of(ranked.doubled, of_a ? m : n);
        double const all = std::accumulate(counts.begin(), counts.end(), 0.0);
        auto const place =
            counts.begin() + static_cast<std::ptrdiff_t>(of_a ? both - doubled_sum : doubled_sum);
        test.p_less = std::accumulate(counts.begin(), place + 1, 0.0) / all;
        test.p_greater = std::accumulate(place, counts.end(), 0.0) / all;
        if (of_a) std::swap(test.p_less, test.p_greater);
    } else {
        auto const total = static_cast<double>(m + n);
        auto const pairs = static_cast<double>(m * n);
        double const variance = pairs / 12 * (total + 1 - ranked.ties / (total * (total - 1)));
        if (variance <= 0) return test;  // all values are equal
        double const spread = std::sqrt(variance);
        test.p_less = normal_below((test.u - pairs / 2 + 0.5) / spread);
        test.p_greater = normal_below(-(test.u - pairs / 2 - 0.5) / spread);
    }
    test.p = std::min(1.0, 2 * std::min(test.p_less, test.p_greater));
    return test;
}

double smallest_p(std::size_t a, std::size_t b) {
    if (a == 0 || b == 0) return 1;
    double ways = 1;
    for (std::size_t i = 1; i <= std::min(a, b); ++i)
        ways *= static_cast<double>(std::max(a, b) + i) / static_cast<double>(i);
    return std::min(1.0, 2 / ways);
}

Shift shift(std::span<Bounded const> a, std::span<Bounded const> b) {
    auto lowest = differences(a, &Bounded::high, b, &Bounded::low);
    auto best = differences(a, &Bounded::best, b, &Bounded::best);
    auto highest = differences(a, &Bounded::low, b, &Bounded::high);
    Shift made{.estimate = {.low = median(lowest), .best = median(best), .high = median(highest)}};
    if (std::size_t const k = outermost(a.size(), b.size()); k > 0)
        made.interval =
            Interval{.low = nth(lowest, k - 1), .high = nth(highest, highest.size() - k)};
    return made;
}

}  // namespace interregnum
