// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

/// Partial outages: neither down nor as good as before. Time is cut into bins of a second, as
/// ITU-T G.826 judges paths (errored seconds), or of ten periods where a second holds fewer
/// attempts. The path's own steady time before the first fault is par. A bin after the fault's
/// begin is *brown* when
///   - its share of attempts answered in time is more than 5 points below the steady share, or
///   - its median wait from the due time is above the steady 99th percentile: with ten attempts
///     that happens by chance less often than once in a million bins.
/// What lies in an outage of a second or more is downtime and left out, so that a bin at such an
/// edge is judged by the rest of it; with fewer than five attempts left it says nothing.
namespace interregnum {

struct BrownWindow {
    record::Offset from{};
    record::Offset to{};
    std::int64_t attempts{};
    std::int64_t missing{};
    record::Offset median{};  ///< the worst median wait of its bins
};

struct Brownout {
    record::StreamDeclared stream;
    bool known{};  ///< false: no fault, or less than five bins before it
    double steady_share{};
    record::Offset steady_p99{};
    std::vector<BrownWindow> windows;  ///< maximal runs of brown bins
    /// At least the bins within the windows without their first and last, which may have been
    /// touched only; at most, and best, all of them.
    MeasureValue time;
};

/// For every path of `paths_of`, in that order.
[[nodiscard]] std::vector<Brownout> brownouts_of(Study const& study);

}  // namespace interregnum
