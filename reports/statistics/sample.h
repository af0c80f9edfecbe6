// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "harness/measure.h"

/// Arithmetic on one measure over many runs. Each value is an interval in which the truth lies, so
/// each result is one, too: every quantile grows with each of its values, so the true quantile lies
/// between the quantile of the lower bounds and that of the upper bounds.
namespace interregnum {

/// One value of a sample in the measure's own unit; `high` may be infinite (it was still down when
/// the run ended). low <= best <= high, `low` and `best` finite.
struct Bounded {
    double low{};
    double best{};
    double high{};
    friend bool operator==(Bounded const&, Bounded const&) = default;
};

/// A known measure as a value of a sample.
[[nodiscard]] Bounded bounded(MeasureValue const& value);

/// The quantile `share` (0 to 1) of a sample that is not empty, by linear interpolation between
/// order statistics: definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages",
/// The American Statistician 50 (1996), as R and NumPy have it. The median is 0.5.
[[nodiscard]] Bounded quantile(std::span<Bounded const> sample, double share);

/// From how many values on a 95th percentile is more than another word for the maximum.
inline constexpr std::size_t p95_from = 20;

/// From how many values on there is an interval of the median: with fewer even the smallest and
/// the largest value hold the true median between them in less than 95 % of all cases, since both
/// lie on the same side of it in 2 of 2^n (n = 5: 6.25 %; n = 6: 3.1 %).
inline constexpr std::size_t interval_from = 6;

/// An interval that holds the true median with a probability of at least 95 %.
struct Interval {
    double low{};
    double high{};
    friend bool operator==(Interval const&, Interval const&) = default;
};

/// The sign test's interval of the median (Thompson 1936; Hollander and Wolfe, "Nonparametric
/// Statistical Methods", 3.6): from the k-th smallest of the lower bounds to the k-th largest of
/// the upper ones, with the largest k for which fewer than k of so many values lie below the true
/// median in at most 2.5 % of all cases. That holds whatever the values are like, and for few of
/// them, too: the bootstrap's percentiles of 7 values held the true median in 87.5 % only. None
/// below `interval_from` values.
[[nodiscard]] std::optional<Interval> median_interval(std::span<Bounded const> sample);

}  // namespace interregnum
