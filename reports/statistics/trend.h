// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/results.h"
#include "reports/statistics/sample.h"

/// A measure night by night.
namespace interregnum {

/// The runs of one scenario on one cluster that began on one day (UTC).
struct Night {
    std::string date;  ///< "2026-11-22"
    std::vector<RunSummary> runs;
    std::vector<Bounded> sample;  ///< of those that count and know the measure
};

/// One line of a trend: a scenario on a cluster.
struct TrendLine {
    std::string scenario;
    std::string cluster;
    Unit unit{Unit::count};
    std::vector<Night> nights;  ///< in order of time
    /// How likely the newest night is so much worse than those before it by chance (one-sided,
    /// bounds taken against it, corrected for the number of lines); 1 where nobody can tell.
    double p{1};
    bool can_tell{};  ///< so many runs that they could be told from chance, of so many lines
    bool regressed{};
};

/// At most the newest `nights` nights before the newest, by scenario and cluster.
[[nodiscard]] std::vector<TrendLine> trend_lines(std::vector<RunSummary> const& runs,
                                                 std::string const& measure, int nights);

/// As the terminal and programs are told.
[[nodiscard]] Trend tell_trend(std::vector<RunSummary> const& runs, std::string const& measure,
                               int nights);

}  // namespace interregnum
