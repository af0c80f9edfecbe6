// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <stop_token>

#include "harness/base/result.h"
#include "harness/lab/layout.h"
#include "harness/lab/proc.h"

namespace interregnum {

/// The two processes of a node that is on.
struct NodeProcess {
    ProcessId nspawn;  ///< systemd-nspawn on the host; ends with the node
    ProcessId init;    ///< the node's process 1
};

/// Boots the node (disk mounted, line plugged in) and records its processes. It outlives this
/// program.
[[nodiscard]] Result<NodeProcess> boot_node(LabNode const& node, std::stop_token stop);

/// The node's processes by their record, when they still run.
[[nodiscard]] std::optional<NodeProcess> running_node(LabNode const& node);

/// It went down by itself in order to boot again (`reboot`), and does not run.
[[nodiscard]] bool wants_to_boot_again(LabNode const& node);

/// Kills the node's process 1 and waits until nothing of the node runs. What the kernel does not
/// take down with it (nothing, normally) is killed through the cgroup.
[[nodiscard]] Status kill_node(LabNode const& node);

/// Removes what nspawn leaves on the host: its cgroup and its propagation folder, by name.
[[nodiscard]] Status remove_node_traces(LabNode const& node);

/// Paths of traces that are still there.
[[nodiscard]] std::vector<std::string> find_node_traces(LabNode const& node);

}  // namespace interregnum
