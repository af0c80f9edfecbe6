// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reports/statistics/sample.h"

/// Is one set of runs different from another, and by how much? Nothing is assumed of how the
/// values are distributed.
namespace interregnum {

/// Up to this many values in both samples together p is counted out, beyond it approximated.
/// The number of ways to split them (at most 50 over 25, 1.3e14) is exact in a double.
inline constexpr std::size_t exact_up_to = 50;
/// With no more than so many in the smaller sample it is counted out up to so many in both: there
/// the approximation is far off where it matters (one of 90 is the largest with a p of 1.1 %, which
/// it takes for 4.5 %).
inline constexpr std::size_t few_up_to = 5;
inline constexpr std::size_t exact_of_few_up_to = 1000;

/// Mann and Whitney's rank test ("On a test of whether one of two random variables is
/// stochastically larger than the other", Ann. Math. Stat. 18, 1947), with midranks for ties.
struct RankTest {
    double u{};           ///< pairs in which b is larger, plus half of those that are equal
    double p_less{1};     ///< how likely so small a `u` is if both are alike
    double p_greater{1};  ///< how likely so large a `u` is
    double p{1};          ///< two-sided: twice the smaller of both, at most 1
    bool exact{};
};

/// Exact by counting the splits of the pooled midranks (Streitberg and Röhmel's shift algorithm,
/// 1986: also right with ties), else the normal approximation with the variance corrected for
/// ties and a continuity correction (Hollander and Wolfe, "Nonparametric Statistical
/// Methods", 4.1). An empty sample gives p = 1. Infinite values rank last.
[[nodiscard]] RankTest rank_test(std::span<double const> a, std::span<double const> b);

/// The smallest two-sided p that samples of these sizes can have: 2 of (a + b over a).
[[nodiscard]] double smallest_p(std::size_t a, std::size_t b);

/// By how much b is larger than a (Hodges and Lehmann 1963: the median of all differences), with an
/// interval that holds the true shift with a probability of at least about 95 % (Moses; Hollander
/// and Wolfe 4.3).
struct Shift {
    Bounded estimate;
    /// None where the samples are too small for one. Its lower end takes b's lower bounds and a's
    /// upper ones, its upper end the reverse.
    std::optional<Interval> interval;
};

/// Of two samples that are not empty.
[[nodiscard]] Shift shift(std::span<Bounded const> a, std::span<Bounded const> b);

}  // namespace interregnum
