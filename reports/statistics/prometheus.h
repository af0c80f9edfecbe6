// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/statistics.h"
#include "reports/prometheus_text.h"

namespace interregnum {

/// Repeated drills for Prometheus, by scenario and cluster: verdicts counted, when the last one
/// ended, and of each measure median, 95th percentile (from `p95_from` runs on) and maximum, each
/// with its bounds. Every sample has the labels `with` in front.
[[nodiscard]] std::string prometheus_of(std::vector<RunSummary> const& runs,
                                        PrometheusLabels const& with);
/// The same with no further labels.
[[nodiscard]] std::string tell_prometheus(std::vector<RunSummary> const& runs);

/// Seconds since 1970 of "2026-11-22T03:10:44.123Z"; nothing for a text of another shape.
[[nodiscard]] std::optional<double> epoch_seconds(std::string_view instant);

}  // namespace interregnum
