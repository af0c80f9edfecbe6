// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/view.h"
#include "harness/engine/capabilities.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// The nodes that a fault step may come to hit: those it would hit now, and, since roles move
/// until a step fires, all nodes of their groups. A node that the step names itself stands for
/// itself only.
[[nodiscard]] std::vector<std::string> possible_targets(FaultStep const& step,
                                                        ClusterView const& view);

/// Why steps cannot be played on these nodes, one sentence a step; empty when all of them can:
/// "step 1 (network.delay target=leader): db1, db2 cannot: packets can be delayed (tc and
/// sch_netem). Remedy: ...". Pure.
[[nodiscard]] std::vector<std::string> impossible_because(std::vector<Step> const& steps,
                                                          ClusterView const& view,
                                                          std::vector<NodeCapabilities> const& all);

/// The same, asking the nodes that matter, and none when no step needs anything.
[[nodiscard]] std::vector<std::string> impossible_steps(Fleet& fleet,
                                                        std::vector<Step> const& steps,
                                                        ClusterView const& view,
                                                        std::stop_token stop);

}  // namespace interregnum
