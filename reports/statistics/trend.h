// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/results.h"
#include "reports/statistics/sample.h"

/// A measure night by night.
namespace interregnum {

/// The runs of one scenario on one cluster in one night (`night_begins`).
struct Night {
    std::string began;  ///< the cluster's first run of that night, whatever the scenario
    std::string date;   ///< what it is called: "2026-11-22"
    std::vector<RunSummary> runs;
    std::vector<Bounded> sample;  ///< of those that count and know the measure
};

/// One line of a trend: a scenario on a cluster.
struct TrendLine {
    std::string scenario;
    std::string cluster;
    Unit unit{Unit::count};
    std::vector<Night> nights;  ///< in order of time
    /// The newest night of any cluster ("2026-11-23"), where it began more than 36 h after the
    /// newest of `nights`: this scenario is played no more on this cluster, or another suite's turn
    /// is now. Then nothing is judged: its last night was, when it was new, and one that was worse
    /// would be told of for ever. "": the newest of `nights` is not so old.
    std::string newer{};
    /// How likely the newest night is so much worse than those before it by chance (one-sided,
    /// bounds taken against it, corrected for the number of lines); 1 where nobody can tell.
    double p{1};
    bool can_tell{};  ///< so many runs that they could be told from chance, of so many lines
    bool regressed{};
};

/// At most the newest `nights` nights before the newest, by scenario and cluster, of one scenario
/// ("": of all). `runs` are of all scenarios in any case: they say which nights there were.
[[nodiscard]] std::vector<TrendLine> trend_lines(std::vector<RunSummary> const& runs,
                                                 std::string const& measure, int nights,
                                                 std::string const& scenario);

/// As the terminal and programs are told.
[[nodiscard]] Trend tell_trend(std::vector<RunSummary> const& runs, std::string const& measure,
                               int nights, std::string const& scenario);

}  // namespace interregnum
