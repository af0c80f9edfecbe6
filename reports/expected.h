// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/check.h"
#include "harness/format.h"
#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// Judges one value against one condition: `pass` when its whole interval holds, `fail` when
/// none of it does, `inconclusive` when the limit lies inside the interval, or the value is not
/// known.
[[nodiscard]] Verdict hold(record::Expectation const& expectation, MeasureValue const& value);

/// The verdict of a finding that a measure counts: `fail`, unless the run's own expectation on
/// that measure allows the value (a scenario on an asynchronous cluster may allow some loss);
/// then `pass`, and the finding is told for information.
[[nodiscard]] Verdict unless_allowed(record::Record const& record, std::string_view measure,
                                     std::int64_t value);

/// The verdict of a finding that nobody wonders at where it was not forbidden (Redis acknowledges
/// before it replicates): `pass`, told for information, unless an expectation on that measure is
/// broken by the value.
[[nodiscard]] Verdict unless_forbidden(record::Record const& record, std::string_view measure,
                                       std::int64_t value);

/// What a failed expectation on this measure is about.
[[nodiscard]] Class class_of_measure(std::string_view measure);

/// "31.94 s (31.92 to 31.98)", "4.21 ms", "at least 31.94 s", "3,412", "not known (why)".
[[nodiscard]] std::string show(MeasureValue const& value, Unit unit);
/// A limit in the measure's unit: "60 s", "0.5 s", "1,000".
[[nodiscard]] std::string show_limit(std::int64_t limit, Unit unit);
/// The same with the side it bounds: "limit 60 s", "expected >= 30 s".
[[nodiscard]] std::string show_side(record::Expectation const& expectation, Unit unit);

}  // namespace interregnum
