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

/// Shell functions for the head of a script that sets limits:
///   limit ID UNIT NAME=VALUE...  saves what was before, then sets them
///   group_of UNIT                prints the folder of the unit's cgroup (v2)
[[nodiscard]] std::string_view limit_functions();

/// Takes back all limits of a fault: `$1` is its id.
[[nodiscard]] FaultCommand unlimit_command(std::string node, std::string const& id);

/// The sweep and the residue of a kind, by a shell pattern of its properties: "CPUQuota".
[[nodiscard]] std::string limit_sweep(std::string_view properties);
[[nodiscard]] std::string limit_residue(std::string_view properties);

/// The option "service" of faults that limit one.
[[nodiscard]] OptionSpec limited_service_option();

/// "redis-server.service" for that option's value.
[[nodiscard]] std::string limited_unit(Options const& options);

}  // namespace interregnum
