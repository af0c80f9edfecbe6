// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// An instant that is known to lie between two others. `best` is what is shown as *the* instant.
struct Moment {
    record::Offset low{};
    record::Offset high{};
    record::Offset best{};
};
using Maybe = std::optional<Moment>;

/// Anywhere in between with equal chance. Bounds in the wrong order are put right by the later.
[[nodiscard]] Moment between(record::Offset low, record::Offset high);
/// Known exactly.
[[nodiscard]] Moment exactly(record::Offset at);

/// The time from one moment to another, never negative; unknown when one of them is.
[[nodiscard]] MeasureValue span(Maybe const& from, Maybe const& to, std::string_view why_not);

/// One injected fault: when it took effect, and when it was undone.
struct FaultMoment {
    std::string kind;
    std::vector<std::string> targets;
    /// Between the begin and the end of its injection. Best is the begin: a command that takes
    /// its node away returns only when its session is given up.
    Moment injected;
    std::optional<record::Offset> undone;
};

/// Every fault whose injection began, in order of that.
[[nodiscard]] std::vector<FaultMoment> faults_of(record::Record const& record);

}  // namespace interregnum
