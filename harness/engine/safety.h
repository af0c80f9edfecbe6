// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/fault.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// Why a fault must not be injected now, one sentence each; empty when it may. Pure.
///
/// With the faults in force (`lost_already`: nodes that cannot do their part) and this one, the
/// majority of the database nodes must remain (etcd's quorum; "Failure tolerance" in etcd's FAQ),
/// and one application node; `allow_quorum_loss` overrides both. It must not be held longer than
/// the scenario allows.
[[nodiscard]] std::vector<std::string> objections(FaultPlan const& plan,
                                                  std::vector<std::string> const& lost_already,
                                                  ClusterView const& view, Limits const& limits);

}  // namespace interregnum
