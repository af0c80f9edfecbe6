// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/statistics.h"
#include "reports/statistics/rank_test.h"

/// Is B different from A?
namespace interregnum {

/// A difference is claimed at a p of at most this, after the correction for how many measures
/// were looked at.
inline constexpr double claim_level = 0.05;

enum class Claim {
    none,     ///< what is seen may well be chance
    larger,   ///< B is
    smaller,  ///< B is
    too_few,  ///< no outcome of so few runs could be told from chance, of so many measures
};

/// One measure of one scenario on both sides.
struct MeasureComparison {
    std::string scenario;
    std::string measure;
    Unit unit{Unit::count};
    std::vector<Bounded> a;  ///< neither is empty
    std::vector<Bounded> b;
    Bounded a_median;
    Bounded b_median;
    Shift shift;         ///< by how much B is larger
    double p{1};         ///< two-sided, of this measure alone
    double adjusted{1};  ///< Holm's, for all that were compared
    bool exact{};
    bool varies{};  ///< false: every value of both sides is the same, so nothing was tested
    Claim claim{Claim::none};
};

/// The two-sided p that is sure whatever the true values are within their bounds: the rank test in
/// the direction that the best values show, with all bounds taken against it, times two.
[[nodiscard]] RankTest bounded_rank_test(std::vector<Bounded> const& a,
                                         std::vector<Bounded> const& b);

/// Holm's correction ("A simple sequentially rejective multiple test procedure", Scand. J. Statist.
/// 6, 1979) of several p, in their order. Of twenty measures of the same cluster one differs at 5 %
/// by chance; after it, one in twenty comparisons has any such.
[[nodiscard]] std::vector<double> holm(std::vector<double> const& p);

/// Which of several tests can come to a claim at all, by the smallest p that each can have with its
/// number of runs. Holm's correction for n tests claims nothing above a p of 5 % / n, so of four
/// runs on each side (p is at least 2.9 %) two measures are too many. Those that cannot are not
/// tested, and the correction is for the others alone (R. E. Tarone, "A modified Bonferroni method
/// for discrete data", Biometrics 46, 1990).
[[nodiscard]] std::vector<bool> can_be_claimed(std::vector<double> const& smallest);

/// Compares the measures named (none: those of `is_headline` on either side), scenario by scenario.
/// Scenarios and measures that only one side has are left out.
[[nodiscard]] std::vector<MeasureComparison> compare_measures(
    std::vector<RunSummary> const& a, std::vector<RunSummary> const& b,
    std::vector<std::string> const& measures);

/// Less of nearly everything measured is better; false where more is neither.
[[nodiscard]] bool more_is_worse(std::string_view measure);

/// "B is 8.20 s shorter (5.10 to 10.90), p = 0.002", or "no difference claimed (p = 0.41)".
[[nodiscard]] std::string sentence_of(MeasureComparison const& compared);

/// All of it, as the terminal and programs are told.
[[nodiscard]] ComparedRuns compare_runs(std::vector<RunSummary> const& a,
                                        std::vector<RunSummary> const& b,
                                        std::vector<std::string> const& measures);

}  // namespace interregnum
