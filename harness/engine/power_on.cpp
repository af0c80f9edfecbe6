// SPDX-License-Identifier: MIT
#include "harness/engine/power_on.h"

#include "harness/faults/support/power.h"

namespace interregnum {

std::map<std::string, FaultCommand> power_on_silent(Inventory const& inventory,
                                                    std::map<std::string, Status> const& sessions) {
    std::map<std::string, FaultCommand> commands;
    for (InventoryNode const& node : inventory.nodes) {
        auto const session = sessions.find(node.name);
        if (session == sessions.end() || session->second ||
            session->second.error().kind == Error::Kind::refused)
            continue;
        // As the faults do it that switch servers off: what they promise, this must keep.
        if (auto on = restore_power({.name = node.name, .address = node.address}, inventory.power))
            commands.emplace(node.name, std::move(*on));
    }
    return commands;
}

}  // namespace interregnum
