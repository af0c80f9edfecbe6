// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/statistics.h"
#include "reports/statistics/sample.h"

/// How numbers of many runs are written.
namespace interregnum {

/// "31.94 s", "4.21 ms", "3,412", "1.5", "2,048 B", "no end" (infinite).
[[nodiscard]] std::string show_number(double value, Unit unit);
/// "31.94 s (31.92 to 31.98)", "at least 31.94 s", "3".
[[nodiscard]] std::string show_bounded(Bounded const& value, Unit unit);
/// "31.92 to 31.98 s"; one number where both ends are the same.
[[nodiscard]] std::string show_interval(Interval const& interval, Unit unit);

/// "14 pass, 1 fail", worst last.
[[nodiscard]] std::string count_verdicts(std::vector<RunSummary> const& runs);

/// "1 run", "15 runs".
[[nodiscard]] std::string count_runs(std::size_t count, std::string_view one = "run");

}  // namespace interregnum
