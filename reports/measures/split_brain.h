// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// Two nodes that took writes at the same time.
struct SplitBrain {
    std::string one;
    std::string other;
    record::Offset from{};
    record::Offset to{};
    /// True: customers' writes were acknowledged by both in turn, which is worse than both being
    /// open for writes.
    bool customers{};
    std::string sentence;
};

/// Every proven case. Conservative: a node counts as writable from the end of the look that
/// first showed it to the begin of the last look that still did, so errors of observation cannot
/// make a case; what cannot be proven is not in the list.
[[nodiscard]] std::vector<SplitBrain> split_brains(record::Record const& record);

}  // namespace interregnum
