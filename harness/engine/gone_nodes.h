// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/inventory.h"
#include "harness/record/event.h"
#include "harness/remote/fleet.h"

/// Nodes that AWS took back for good: nothing is left there to heal. Whoever takes one for gone
/// that is not leaves a fault in force, so all of this is wanted as proof: AWS announced it, to the
/// last run that was begun, its time has come, and the node does not answer.
namespace interregnum {

/// When AWS was about to terminate them ("2026-11-23T03:12:07Z"), by node.
using Terminations = std::map<std::string, std::string>;

/// What AWS announced to terminate, as the record of a run on this inventory's cluster says: nodes
/// that had the address then that they have now, at a time that has come by `wall`, no more than
/// half a day ago (tomorrow another machine has the name). Not where the inventory does not have
/// notices watched, and not on a node that a `command` of the drill had in hand before the notice:
/// that may have made it up. A machine that is stopped or hibernated comes back. Pure.
[[nodiscard]] Terminations announced_terminations(record::Record const& record,
                                                  Inventory const& inventory, Duration wall);

struct GoneOrNot {
    Terminations gone;                     ///< they kept silent all the while
    std::vector<std::string> still_there;  ///< there is somebody who answers
};
/// Which of those machines are gone: that do not answer, however often they are asked, for
/// `patience`. None where no other node answers either (then it may be the network of this
/// controller), and none when stopped. Reads only.
[[nodiscard]] GoneOrNot find_gone(Fleet& fleet, Inventory const& inventory,
                                  Terminations const& announced, Duration patience, Clock& clock,
                                  std::stop_token stop);

/// The inventory as if it had never had these nodes, and no entry point on them. Pure.
[[nodiscard]] Inventory without_gone(Inventory inventory, Terminations const& gone);

}  // namespace interregnum
