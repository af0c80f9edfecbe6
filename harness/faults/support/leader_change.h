// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/fault.h"

namespace interregnum {

/// Patroni's name of a node; fails with `invalid` when it is no member now.
[[nodiscard]] Result<std::string> member_of(ClusterView const& view, std::string const& node);

/// A plan that asks Patroni for another leader and proves that it changed: `verb` is patronictl's,
/// "switchover" or "failover". `candidate` (a member) may be empty where Patroni chooses.
[[nodiscard]] FaultPlan leader_change(FaultRequest const& request, std::string const& verb,
                                      std::string const& candidate);

}  // namespace interregnum
