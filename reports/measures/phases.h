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

/// What the longest write outage after the fault went into (the instants are `failover_of`'s):
///   detect     the outage's begin -> the first word of it (an error, HAProxy, the lock)
///   lock       -> another node holds the leader lock (the lease's ttl is in here)
///   promote    -> that node takes writes
///   restart    instead of lock and promote, where the leader stayed: -> it takes writes again;
///              only where it was seen not taking them
///   sync wait  -> commits no longer wait for a synchronous standby; only where they were seen to
///   route      -> the first customer was served again
///   reconnect  instead of route, where commits waited on a leader that stayed and HAProxy marked
///              nothing: nobody had to be routed elsewhere
///   unexplained  instead of route, where none of these was seen
///   redundant  the fault -> a step that awaited it, else all members stream again
/// Each ends where the next begins, so all but the last add up to that outage's downtime within
/// the error bars. A phase whose end nobody saw says why, and its time is in the next one.
/// Empty without a fault.
[[nodiscard]] std::vector<Phase> phases_of(Study const& study);

}  // namespace interregnum
