// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "harness/base/result.h"
#include "harness/lab/layout.h"

namespace interregnum {

/// Makes the switch: a bridge in a network namespace of its own, with the controller's address
/// and without any route out, so that nothing of a drill can leave the machine.
[[nodiscard]] Status make_switch(std::stop_token stop);

/// Makes a node's network namespace and plugs it into the switch. The hardware address is always
/// the same, so that the neighbours of a node that comes back still know it.
[[nodiscard]] Status plug_in(LabNode const& node, std::stop_token stop);

/// Cuts the node's line at the switch: from now on not one packet of it gets through.
[[nodiscard]] Status cut_line(LabNode const& node);

/// Removes the node's line and its network namespace; fine when they are gone already.
[[nodiscard]] Status unplug(LabNode const& node);

/// Removes the switch; fine when it is gone already.
[[nodiscard]] Status remove_switch();

}  // namespace interregnum
