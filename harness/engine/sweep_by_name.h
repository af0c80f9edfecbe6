// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/inventory.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// What became of sweeping the nodes of an inventory, one sentence each.
struct SweptByName {
    std::vector<std::string> done;       ///< what was undone, by node
    std::vector<std::string> left;       ///< what could not be, or could not be swept
    std::vector<std::string> untouched;  ///< nodes that do not consent to drills, and why
    bool any_consents{};                 ///< one node at least does
};

/// Undoes everything of ours on each node, whatever any journal says (sweep.h). Not where nobody
/// has allowed drills: an inventory may name hosts of somebody else. `injected` are nodes on which
/// this controller knows to have injected something: their owner had consented then, and may have
/// taken it back since, so they are swept all the same.
///
/// A node that does not answer is tried for a minute: one that was just switched on needs a moment
/// until its sshd does.
[[nodiscard]] SweptByName sweep_by_name(Fleet& fleet, Inventory const& inventory,
                                        std::set<std::string> const& injected, Clock& clock,
                                        std::stop_token stop);

}  // namespace interregnum
