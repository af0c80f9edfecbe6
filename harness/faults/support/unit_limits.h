// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/option.h"
#include "harness/fault.h"

namespace interregnum {

/// Limits of a service's resources, set with `systemctl set-property --runtime`, which leaves a
/// drop-in for each property. The owner's own runtime drop-in of that property is kept in a marker
/// file and put back; what unit files say comes back by itself when ours is gone.

/// What one kind limits, and how that shows.
struct UnitLimit {
    std::string_view functions{};  ///< shell functions of its own, for both scripts
    /// Sets the limit: $1 fault id, $2 unit, then `arguments`. Shell functions that it can call:
    ///   limit ID UNIT NAME=VALUE...  saves what was before, then sets them
    ///   group_of UNIT                prints the folder of the unit's cgroup (v2)
    std::string_view set;
    std::vector<std::string> arguments{};
    Duration set_timeout{std::chrono::seconds(10)};
    /// Shows the effect: $1 unit, then `proof_arguments`.
    std::string_view proof;
    std::vector<std::string> proof_arguments{};
    Evidence::Relation relation{Evidence::Relation::changed};
    Duration within{std::chrono::seconds(15)};
    /// For people, with "{unit}" and "{node}" to be filled in.
    std::string_view proved;
    std::string summary;
};
[[nodiscard]] FaultPlan plan_limit(FaultRequest const& request, UnitLimit const& limit);

/// "redis-server.service" for the option "service".
[[nodiscard]] std::string limited_unit(Options const& options);

/// Completes a kind that limits a service: the options around its own (target, service, ..., for),
/// the sweep and the residue. `properties`: a shell pattern of what it sets, "CPUQuota".
[[nodiscard]] FaultKind limit_kind(FaultKind own, std::string_view properties);

}  // namespace interregnum
