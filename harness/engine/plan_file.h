// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/result.h"

namespace interregnum {

struct DrillRequest;

/// `plan.json` of a run folder: the scenario and the inventory with every default filled in.
/// Secrets appear as where they come from ("env:PGPASSWORD"), never as themselves.
[[nodiscard]] std::string plan_text(DrillRequest const& request);
[[nodiscard]] Status save_plan(DrillRequest const& request, std::string const& path);

}  // namespace interregnum
