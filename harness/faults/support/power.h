// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "harness/fault.h"

namespace interregnum {

/// The node loses power at once, as the inventory says how. `invalid` when it does not.
[[nodiscard]] Result<FaultCommand> cut_power(NodeView const& node, PowerAccess const& power);

/// The node is switched on again; nothing where the inventory has no such command. Fine for one
/// that is on.
[[nodiscard]] std::optional<FaultCommand> restore_power(NodeView const& node,
                                                        PowerAccess const& power);

/// An error of kind `invalid` where a server that is off could not be switched on again: a
/// one-time spot instance would be gone for good.
[[nodiscard]] Status needs_a_way_back(PowerAccess const& power);

/// The node no longer answers.
[[nodiscard]] Evidence falls_silent(NodeView const& node, Duration within);

/// The nodes of a list of names; `not_found` names the one that is unknown.
[[nodiscard]] Result<std::vector<NodeView const*>> nodes_named(
    ClusterView const& view, std::vector<std::string> const& names);

}  // namespace interregnum
