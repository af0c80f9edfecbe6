// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// How old what readers saw was. A read that returned `seen` as the highest id of an order, and
/// began after an order with a higher id had been acknowledged, was served from a state at least
/// as old as that acknowledgement: stale by at least its start less the earliest such
/// acknowledgement, and at most its end less the earliest start of an acknowledged order with a
/// higher id (it was committed after that). All on one clock. A read that missed nothing counts 0.
///
/// Never too much is claimed: orders that the final rows show as lost are left out (after a
/// failover they are invisible for good), so without a complete final read nothing is known. Ids
/// that the new leader issues again, because the old one's last WAL was lost, can only hide
/// staleness: a read that saw the lost order counts as having seen the new one of that id.
namespace interregnum {

struct PathStaleness {
    record::StreamDeclared stream;
    std::int64_t reads{};  ///< that said what they saw
    std::int64_t stale{};  ///< of them
    MeasureValue p50;
    MeasureValue p99;
    MeasureValue max;
    record::Offset worst_at{};  ///< when the stalest read began
};

/// For every read stream of `traces_of`, in that order.
[[nodiscard]] std::vector<PathStaleness> staleness_of(Study const& study);

}  // namespace interregnum
