// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/statistics.h"
#include "reports/statistics/sample.h"

/// The numbers of repeated drills.
namespace interregnum {

/// One measure over some runs.
struct Spread {
    std::size_t count{};    ///< runs that know it
    std::size_t unknown{};  ///< runs that cannot say
    Bounded median;
    std::optional<Bounded> p95;  ///< from `p95_from` runs on
    Bounded max;
    std::optional<Interval> interval;  ///< 95 % of the median, from `interval_from` runs on
};

/// A measure with what splits it. Both strata are empty where nobody recorded it.
struct MeasureSpread {
    std::string measure;
    Unit unit{Unit::count};
    Spread all;
    Spread etcd_with_leader;  ///< of the runs in which the etcd leader was on the leader's node
    Spread etcd_elsewhere;
    bool headline{};  ///< the scenario limits it, or it is a downtime that some run had
};

/// All runs of one scenario on one cluster.
struct RepeatGroup {
    std::string scenario;
    std::string cluster;
    std::vector<RunSummary> runs;  ///< in order of time
    std::size_t counted{};         ///< of them: those that count
    std::vector<MeasureSpread> measures;
};

/// Does a run's measure say something about its cluster? It does when the drill was played to its
/// end and proved something. One that was inconclusive did not do what it set out to do, unless it
/// is merely undecided: to leave out an outage that did not end, or one whose length lies about the
/// limit, would be to leave out bad ones. One that was called off did not see how long it would
/// have lasted.
[[nodiscard]] bool counts(RunSummary const& run);

/// The sample of a measure: of the runs that count and know it.
[[nodiscard]] std::vector<Bounded> sample_of(std::vector<RunSummary> const& runs,
                                             std::string_view measure);

/// True for the measures that are shown and compared when nobody names any: what a run's scenario
/// limits, and the downtimes.
[[nodiscard]] bool is_headline(std::vector<RunSummary> const& runs, std::string_view measure);

/// By scenario and cluster, in the order of names.
[[nodiscard]] std::vector<RepeatGroup> repeat_groups(std::vector<RunSummary> const& runs);

/// As the terminal, repeats.json and repeats.md say it.
[[nodiscard]] Told tell_repeats(std::vector<RunSummary> const& runs);

}  // namespace interregnum
