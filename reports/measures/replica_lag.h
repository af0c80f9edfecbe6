// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// How far standbys were behind in what readers of them see: WAL bytes that the leader had
/// written and the standby had not replayed. The two are looked at at different times, so each
/// look at a standby is bracketed by looks at the leader on the same timeline: at least what the
/// leader had written by the look before less what was replayed, at most what it had by the look
/// after; best is in proportion to the time between. A look that is not bracketed (the leader was
/// gone) says nothing of bytes.
namespace interregnum {

struct ReplicaLag {
    std::string node;
    std::int64_t looks{};         ///< at this standby
    std::int64_t not_compared{};  ///< of them: not bracketed
    MeasureValue max;             ///< bytes
    MeasureValue p99;             ///< bytes
    record::Offset worst_at{};
    /// The same as time: how long ago the leader had written the first byte that the standby had
    /// not replayed. At most counts from the look before, which did not show it yet; no bound where
    /// the first look at the leader showed it already, and that alone was longer ago than any
    /// delay that has one.
    MeasureValue delay;
};

/// For every node that was looked at as a standby, by name.
[[nodiscard]] std::vector<ReplicaLag> replica_lags_of(Study const& study);

}  // namespace interregnum
