// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "harness/base/result.h"
#include "harness/cluster/inventory.h"
#include "harness/fault.h"

namespace interregnum {

/// How to switch on, by node, each server to which no session could be opened, given what came of
/// opening them all: it may be one that a drill switched off. Not one that answered and let nobody
/// in. Nothing where the inventory has no such command.
[[nodiscard]] std::map<std::string, FaultCommand> power_on_silent(
    Inventory const& inventory, std::map<std::string, Status> const& sessions);

}  // namespace interregnum
