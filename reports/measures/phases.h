// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// A part of a failover, with its error: [at_least, at_most] in nanoseconds.
struct Phase {
    std::string name;
    MeasureValue span;
};

/// What the time after the fault went into, of the longest write outage after it:
///   detect     the fault -> the first customer who noticed
///   lock       -> another node holds the leader lock (the lease's ttl is in here)
///   promote    -> that node takes writes
///   restart    instead of lock and promote, where the leader stayed: -> it takes writes again
///   route      -> the first customer was served again
///   redundant  the fault -> all members stream again (an `await redundant` step)
/// Each ends where the next begins, so the first ones add up to the time from the fault to the
/// first good write. A phase that the record cannot tell says why. Empty without a fault.
[[nodiscard]] std::vector<Phase> phases_of(record::Record const& record);

}  // namespace interregnum
