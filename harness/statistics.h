// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/registry.h"
#include "harness/base/result.h"
#include "harness/check.h"
#include "harness/measure.h"

namespace interregnum {

/// What statistics need of one run: its summary.json read back, or its rows in the results.
/// Texts hold no control characters.
struct RunSummary {
    std::string id;       ///< the name of its run folder
    std::string started;  ///< "2026-11-22T03:10:44.123Z"; UTC, sorts as text
    std::string scenario;
    std::string cluster;
    std::string version;  ///< of the program that ran it
    std::uint64_t seed{};
    Verdict verdict{Verdict::inconclusive};
    std::string because;
    bool undecided{};  ///< inconclusive, and its measures are good all the same (Judgement)
    // These three are of a summary.json; results do not keep them.
    bool interrupted{};  ///< it did not come to its end: by a signal, or its controller was killed
    bool not_undone{};   ///< something was left behind on a node
    Duration length{};   ///< from its first event to its last; zero: not known
    /// What splits the distribution: at the first fault, was the etcd leader on the PostgreSQL
    /// leader's node? None: not recorded.
    std::optional<bool> etcd_with_leader;
    struct Measured {
        Unit unit{Unit::count};
        MeasureValue value;
    };
    std::map<std::string, Measured, std::less<>> measures;
    std::vector<std::string> limited;  ///< the measures that its expectations are about
};

/// Statistics, as a terminal, a program and a merge request are told them.
struct Told {
    std::string text;
    std::string json;
    std::string markdown;
};

/// Two sets of runs side by side.
struct ComparedRuns {
    Told told;
    int claims{};     ///< differences that are claimed
    int worse{};      ///< of these the ones in which B is worse
    bool can_tell{};  ///< any measure had enough runs on both sides
};

/// Statistics over runs. Implemented by reports; a slot, so that the harness can call it without
/// knowing reports. All pure.
struct StatisticsKind {
    std::string_view name;  ///< "default"
    /// A summary.json; the error says what is wrong with it.
    Result<RunSummary> (*read)(std::string_view summary_json){nullptr};
    /// The numbers of repeats, scenario by scenario.
    Told (*repeats)(std::vector<RunSummary> const& runs){nullptr};
    /// The same for the textfile collector of a node exporter.
    std::string (*prometheus)(std::vector<RunSummary> const& runs){nullptr};
    /// Of the measures named; none: of those that the scenarios limit, and of every downtime.
    ComparedRuns (*compare)(std::vector<RunSummary> const& a, std::vector<RunSummary> const& b,
                            std::vector<std::string> const& measures){nullptr};
};
using RegisterStatistics = Register<StatisticsKind>;

}  // namespace interregnum
