// SPDX-License-Identifier: MIT
#pragma once

#include "harness/cluster/view.h"
#include "harness/record/event.h"
#include "harness/scenario/under.h"

namespace interregnum {

struct DrillRequest;

/// What the drill of a scenario is held to on the cluster as it was seen.
[[nodiscard]] InForce in_force_on(Scenario const& scenario, ClusterView const& view);

/// The first event of a record, but for what only the run knows (its id and when it began): what
/// is played, where, and what is expected of it under the settings that `view` found.
[[nodiscard]] record::RunStarted run_started(DrillRequest const& request, ClusterView const& view);

}  // namespace interregnum
