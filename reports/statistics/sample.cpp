// SPDX-License-Identifier: MIT
#include "reports/statistics/sample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>

namespace interregnum {
namespace {

constexpr int resamples = 4000;
constexpr double confidence = 0.95;

std::vector<double> sorted(std::span<Bounded const> sample, double Bounded::* member) {
    std::vector<double> values;
    values.reserve(sample.size());
    for (Bounded const& value : sample) values.push_back(value.*member);
    std::ranges::sort(values);
    return values;
}

// Between two order statistics; both may be infinite.
double between(double lower, double upper, double share) {
    if (share <= 0 || lower == upper) return lower;
    return lower + share * (upper - lower);
}

double quantile_of(std::vector<double> const& values, double share) {
    double const place = share * static_cast<double>(values.size() - 1);
    auto const below = static_cast<std::size_t>(place);
    std::size_t const above = std::min(below + 1, values.size() - 1);
    return between(values[below], values[above], place - std::floor(place));
}

}  // namespace

Bounded bounded(MeasureValue const& value) {
    return {.low = static_cast<double>(value.at_least),
            .best = static_cast<double>(value.best),
            .high = value.at_most == unbounded ? std::numeric_limits<double>::infinity()
                                               : static_cast<double>(value.at_most)};
}

Bounded quantile(std::span<Bounded const> sample, double share) {
    return {.low = quantile_of(sorted(sample, &Bounded::low), share),
            .best = quantile_of(sorted(sample, &Bounded::best), share),
            .high = quantile_of(sorted(sample, &Bounded::high), share)};
}

std::optional<Interval> median_interval(std::span<Bounded const> sample, std::uint64_t seed) {
    std::size_t const count = sample.size();
    if (count < interval_from) return std::nullopt;
    auto const lows = sorted(sample, &Bounded::low);
    auto const highs = sorted(sample, &Bounded::high);
    std::mt19937_64 random(seed);
    // Ranks are drawn, not values: a resample's median of the lower bounds depends on nothing but
    // which ranks of them were drawn, and so does that of the upper ones.
    std::vector<std::size_t> ranks(count);
    std::vector<double> low_medians;
    std::vector<double> high_medians;
    for (int made = 0; made < resamples; ++made) {
        // Not uniform_int_distribution, which may draw otherwise with another library. The bias of
        // a remainder is below count / 2^64.
        for (std::size_t& rank : ranks) rank = random() % count;
        auto const middle = ranks.begin() + static_cast<std::ptrdiff_t>(count / 2);
        std::ranges::nth_element(ranks, middle);
        std::size_t const upper = *middle;
        std::size_t const lower = count % 2 == 1 ? upper : *std::max_element(ranks.begin(), middle);
        low_medians.push_back(between(lows[lower], lows[upper], 0.5));
        high_medians.push_back(between(highs[lower], highs[upper], 0.5));
    }
    std::ranges::sort(low_medians);
    std::ranges::sort(high_medians);
    return Interval{.low = quantile_of(low_medians, (1 - confidence) / 2),
                    .high = quantile_of(high_medians, (1 + confidence) / 2)};
}

}  // namespace interregnum
