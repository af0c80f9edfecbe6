// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "harness/measure.h"
#include "reports/measures/downtime.h"
#include "reports/measures/moment.h"

/// Time to stable recovery: not to the first lucky success, but to the begin of the first stretch
/// of `record::stable_span` without a missing attempt.
namespace interregnum {

/// What a fault did to one path.
struct Recovery {
    record::StreamDeclared stream;
    std::size_t fault{};     ///< index in `faults_of`
    std::int64_t windows{};  ///< outages until it was stable; 0: the fault was not felt
    /// From the fault to the begin of the stable stretch: at least from the end of the injection
    /// to the last missing attempt's start, at most from its begin to the first good one's start.
    /// 0 when it was not felt. No upper bound when the attempts ended before the stretch was full.
    MeasureValue time;
    /// When the path was stable again: it became so between the two. None: not within the record,
    /// or not felt.
    Maybe stable;
};

/// For every path and every fault. To a fault belong the outages that were under way when it
/// struck or began before the next fault was injected, and every later one that follows the one
/// before it in less than a stable stretch.
[[nodiscard]] std::vector<Recovery> recoveries_of(Study const& study);

/// How a path's time is divided by the faults of a run.
struct Stages {
    /// Where the first fault's injection began; none: nothing was injected and all is `before`.
    std::optional<record::Offset> fault;
    /// Where the last fault was undone and the path was stable, whichever came later; none: not
    /// within the record.
    std::optional<record::Offset> after;
};

/// The stages of each path of `paths_of`, in the same order.
[[nodiscard]] std::vector<Stages> stages_of(Study const& study);

}  // namespace interregnum
