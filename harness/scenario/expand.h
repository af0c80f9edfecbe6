// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/result.h"
#include "harness/cluster/inventory.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// The scenario as it is played on these nodes with this seed: what stands for other steps is
/// replaced by them. Pure: the same seed on the same nodes gives the same steps.
///
/// `for_each` gives its steps once a node, in the order of `nodes`. `chaos` gives rounds: one fault
/// drawn by its weight, or two on different nodes, then the awaited condition, then the pause, as
/// long as the next round still fits into its time. Two at once never take the majority of the
/// database nodes or the last application node. An error (`invalid`) when a group that a step
/// goes over has no node.
[[nodiscard]] Result<Scenario> expanded(Scenario written, std::vector<InventoryNode> const& nodes,
                                        std::uint64_t seed);

}  // namespace interregnum
