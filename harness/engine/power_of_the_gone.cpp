// SPDX-License-Identifier: MIT
#include "harness/engine/power_of_the_gone.h"

#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/faults/support/power.h"

namespace interregnum {

UndoOfTheOthers split_off_power_of_the_gone(std::vector<FaultCommand> commands,
                                            Inventory const& inventory, WhyGone const& why_gone) {
    using Argv = std::vector<std::string>;
    std::map<Argv, std::string> of_gone;
    std::set<Argv> of_others;
    for (InventoryNode const& node : inventory.nodes) {
        // As the faults do it that switch servers off.
        auto on = restore_power({.name = node.name, .address = node.address}, inventory.power);
        if (!on) continue;
        std::string const why = why_gone(node.name);
        if (why.empty())
            of_others.insert(std::move(on->argv));
        else
            of_gone.emplace(std::move(on->argv), fmt::format("{}: {}", node.name, why));
    }
    UndoOfTheOthers split;
    for (FaultCommand& command : commands) {
        auto const gone = of_gone.find(command.argv);
        if (!command.node.empty() || gone == of_gone.end() || of_others.contains(command.argv)) {
            split.commands.push_back(std::move(command));
            continue;
        }
        if (split.gone.empty()) split.gone = gone->second + "; nothing is left to undo there";
        split.of_the_gone.push_back(std::move(command));
    }
    return split;
}

}  // namespace interregnum
