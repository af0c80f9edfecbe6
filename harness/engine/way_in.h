// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/probe.h"
#include "harness/remote/forwards.h"

namespace interregnum {

/// Where the inventory says that its entry points are reached through a node ("via"): forwards
/// through it to each of them, and the context's lists changed to lead through; the plain ones are
/// kept in `ProbeContext::plain`. Null, and nothing changed, where it does not. The forwards must
/// outlive every user of the context. Only entry points go through: observers and the engine ask
/// the nodes at their own addresses.
[[nodiscard]] Result<std::unique_ptr<Forwards>> open_way_in(Inventory const& inventory,
                                                            bool trust_new_hosts,
                                                            ProbeContext& context,
                                                            std::stop_token stop);

/// Adds what a report must say of it: the node, and by how much its bars are wider. Nothing where
/// there is none.
void note_way_in(Inventory const& inventory, Forwards const* forwards,
                 std::vector<std::string>& notes);

}  // namespace interregnum
