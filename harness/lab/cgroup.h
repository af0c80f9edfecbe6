// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// Where cgroup v2 is mounted: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside v1.
[[nodiscard]] Result<std::string> cgroup2_root();

/// Makes the top-level cgroup of that name (removing an empty old one first) and gives its path.
///
/// Each node needs one of its own: in a shared one, freezing or killing a unit on one node would
/// hit the unit of that name on all nodes.
[[nodiscard]] Result<std::string> make_cgroup(std::string const& name);

/// SIGKILLs everything in it and below, frozen or not, and waits until it is empty.
[[nodiscard]] Status kill_cgroup(std::string const& name);

/// Any process in it or below.
[[nodiscard]] bool has_processes(std::string const& name);

/// Removes it and all below, in every hierarchy that is mounted. Must be empty of processes.
[[nodiscard]] Status remove_cgroup(std::string const& name);

/// Paths of what is left under that name, in every hierarchy.
[[nodiscard]] std::vector<std::string> find_cgroups(std::string const& name);

}  // namespace interregnum
