// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/engine/leave_out_the_gone.h"
#include "harness/fault.h"

namespace interregnum {

/// What undoes a fault, without the commands that switch on, from here, nodes that no longer exist:
/// these fail, and the commands here that come after one that failed are not run, so that a node
/// which exists would stay off.
struct UndoOfTheOthers {
    std::vector<FaultCommand> commands;  ///< in their order
    std::vector<FaultCommand> of_the_gone;
    /// Which node is gone, and why, as `leave_out_the_gone` says it; "" when `of_the_gone` is
    /// empty.
    std::string gone;
};

/// `inventory` has all nodes, also those that are gone. A command that is one of a node which
/// exists, too, is left where it is. Pure.
[[nodiscard]] UndoOfTheOthers split_off_power_of_the_gone(std::vector<FaultCommand> commands,
                                                          Inventory const& inventory,
                                                          WhyGone const& why_gone);

}  // namespace interregnum
