// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/record/event.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// What became of what earlier runs had left on the nodes, one sentence each.
struct Leftovers {
    std::vector<std::string> swept;  ///< it is gone now
    std::vector<std::string> left;   ///< it is still there, and why: no drill on this cluster now
};

/// Sweeps the nodes on which `states` (see node_state.h) shows things of ours. Not where a lease
/// is still running: that fault is of a controller that is alive, or heals itself in a moment.
[[nodiscard]] Leftovers sweep_dirty_nodes(Fleet& fleet,
                                          std::vector<record::NodeState> const& states,
                                          std::stop_token stop);

/// Where nothing was left, `left` gets what the nodes still show after the sweep, in `now`: one
/// that knows nothing of a thing of ours (another version made it) says that all is well, and that
/// may be in force.
void add_what_stayed(Leftovers& leftovers, std::vector<record::NodeState> const& now);

}  // namespace interregnum
