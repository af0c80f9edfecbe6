// SPDX-License-Identifier: MIT
#include "reports/statistics/sample.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace interregnum {
namespace {

constexpr double half_of_5_percent = 0.025;

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

// The largest k for which fewer than k of so many values lie below the true median in at most 2.5 %
// of all cases: each is below it with a chance of a half. At least 1 of `interval_from` values.
std::size_t outermost(std::size_t count) {
    auto const all = static_cast<double>(count);
    double log_chance = -all * std::numbers::ln2;  // of none; of many values no double holds it
    double chance = 0;
    for (std::size_t below = 0; below < count / 2; ++below) {
        chance += std::exp(log_chance);
        if (chance > half_of_5_percent) return below;
        auto const so_far = static_cast<double>(below);
        log_chance += std::log((all - so_far) / (so_far + 1));
    }
    return count / 2;
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

std::optional<Interval> median_interval(std::span<Bounded const> sample) {
    std::size_t const count = sample.size();
    if (count < interval_from) return std::nullopt;
    std::size_t const k = outermost(count);
    return Interval{.low = sorted(sample, &Bounded::low)[k - 1],
                    .high = sorted(sample, &Bounded::high)[count - k]};
}

}  // namespace interregnum
