// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// Two nodes that took writes at the same time.
struct SplitBrain {
    std::string one;
    std::string other;
    /// Both certainly took writes from here to here...
    record::Offset from{};
    record::Offset to{};
    /// ...and may have from here to here (canaries and members; else as above). Up to the record's
    /// end when the later one of the two was never seen closed.
    record::Offset earliest{};
    record::Offset latest{};
    /// True: test writes were accepted by both, directly on each node. False: Patroni's word that
    /// both were out of recovery.
    bool canaries{};
    /// True: customers' writes were acknowledged by both in turn, which is worse than both being
    /// open for writes.
    bool customers{};
    std::string sentence;
};

/// How bad it was, in a few words: "grade A: two said they were primaries", "grade B: both took
/// writes", "grade C: customers were served by both".
[[nodiscard]] std::string_view grade_of(SplitBrain const& brain);

/// Every proven case. Conservative: a node counts as writable from the end of the look that
/// first showed it to the begin of the last look that still did, so errors of observation cannot
/// make a case; what cannot be proven is not in the list. What canary writes and Patroni's
/// members both show of the same two nodes at the same time is one case, the canaries'.
[[nodiscard]] std::vector<SplitBrain> split_brains(record::Record const& record);

}  // namespace interregnum
