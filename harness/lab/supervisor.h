// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// A server that reboots comes back by itself; a node of the lab needs somebody to boot it again.
/// That is the supervisor: one small process a lab, this program with a verb of its own, in a
/// session and a cgroup of its own. A node that was powered off, from inside or by us, stays off.

/// Starts it, unless it runs. `program` is the path of this program.
[[nodiscard]] Status start_supervisor(std::string const& program);

[[nodiscard]] bool supervisor_runs();

/// Ends it and removes its cgroup, by name; fine when there is none.
[[nodiscard]] Status stop_supervisor();

/// What of it is on this machine.
[[nodiscard]] std::vector<std::string> find_supervisor_traces();

}  // namespace interregnum
