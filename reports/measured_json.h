// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/measure.h"

namespace interregnum {

/// A value with its bounds; `at_most` is null where there is no upper bound.
[[nodiscard]] nlohmann::ordered_json value_json(MeasureValue const& value);

/// Adds what was measured of every path and of the failovers to a summary: failover,
/// redis_failover, recovery, brownout, latency, staleness, replicas, reasons, split_brains,
/// observers.
void add_measured(nlohmann::ordered_json& summary, Study const& study);

}  // namespace interregnum
