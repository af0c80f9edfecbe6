// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// Why attempts were not answered in time, by class of error and by part of the drill.
namespace interregnum {

struct Reason {
    record::Service service{};
    std::string error;  ///< class of error, "late" for an acknowledgement after the deadline
    record::Outcome outcome{record::Outcome::failed};
    std::vector<std::int64_t> counts;  ///< one for each of `Reasons::parts`
    std::int64_t total{};
    std::string example;  ///< the first one's message
};

struct Reasons {
    /// "before", then the known phases of the failover ("detect", "lock"...), or where there is
    /// none "sync wait" if commits waited for a standby, else "during"; "degraded" (served again,
    /// not yet redundant or not undone), "after".
    std::vector<std::string> parts;
    std::vector<Reason> reasons;  ///< by service, the most frequent first
};

/// An attempt counts where it started; one that was under way when the fault struck counts as
/// the fault's.
[[nodiscard]] Reasons reasons_of(Study const& study);

}  // namespace interregnum
