// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// How long customers waited, free of coordinated omission: from the instant an attempt was due on
/// the open loop's grid, not from when a client was free to begin it, so that a stall counts for
/// all whom it kept waiting (G. Tene, "How NOT to Measure Latency"; wrk2 measures so too). No
/// correction of a histogram is needed: every due time is in the record.
///
/// An attempt that was answered, in time or late, waited until its answer. A *missing* one waited
/// until its customer was served at the next try: until the end of the first answered attempt of
/// the same stream that began after the missing one had ended. Had he tried at once instead of at
/// the grid's next due time he may have been served earlier, but not before the last missing
/// attempt between the two began, nor before his own ended: these are the bounds. One who was not
/// served again within the record has no upper bound. A refusal in a millisecond is so no short
/// wait, and a deadline caps nothing.
namespace interregnum {

/// Percentiles are nearest-rank: the smallest wait that at least that share of all did not exceed.
struct Waits {
    std::int64_t attempts{};
    std::int64_t missing{};
    MeasureValue p50;
    MeasureValue p95;
    MeasureValue p99;
    MeasureValue p999;
    MeasureValue max;
};

/// The waits of one path, by the instant they were due.
struct PathWaits {
    record::StreamDeclared stream;
    Waits all;
    Waits before;  ///< the first fault's injection
    Waits during;  ///< from there until the last was undone and the path was stable
    Waits after;
};

/// For every path of `paths_of`, in that order.
[[nodiscard]] std::vector<PathWaits> waits_of(Study const& study);

}  // namespace interregnum
