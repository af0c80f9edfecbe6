// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// Something to mark on the time line.
struct Mark {
    record::Offset at{};
    std::string kind;  ///< "fault", "leader", "redis", "step"
    std::string text;
};

/// Faults, changes of leader or timeline, changes of the Redis master and awaited conditions, in
/// order of time.
[[nodiscard]] std::vector<Mark> marks_of(record::Record const& record);

/// The data that page.js draws, as JSON that may stand inside a script element: per service and
/// second the attempts by outcome and the answer times, the outages and the marks.
[[nodiscard]] std::string chart_data(Study const& study);

}  // namespace interregnum
