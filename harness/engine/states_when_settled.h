// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include "harness/base/clock.h"
#include "harness/record/event.h"

namespace interregnum {

/// The nodes' states once they are as `before`, or after `patience` as they are then. Patroni takes
/// up within its loop_wait what an undo told it, and a service that was started may still be
/// starting: what is on its way back is no residue, what stays is. `take` asks the nodes, which
/// come in the order of `before`.
[[nodiscard]] std::vector<record::NodeState> states_when_settled(
    std::vector<record::NodeState> const& before,
    std::function<std::vector<record::NodeState>()> const& take, Duration patience, Clock& clock);

}  // namespace interregnum
