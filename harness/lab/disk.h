// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/lab/layout.h"
#include "harness/lab/node_config/node_config.h"
#include "harness/lab/settings.h"

namespace interregnum {

/// The most that a node's disk may hold, in memory.
[[nodiscard]] std::uint64_t disk_bytes(LabNode const& node, LabSettings const& settings);

/// The size of a database node's volume for PostgreSQL: the most of its disk.
[[nodiscard]] std::uint64_t volume_bytes(LabSettings const& settings);

/// All tmpfs of all nodes together, those for /run and /dev/shm included.
[[nodiscard]] std::uint64_t all_disks_bytes(LabSettings const& settings);

/// Makes the node's disk, the volume of a database node on it, and mounts the node's root: the
/// image, which stays as it is, below, and the disk above it.
[[nodiscard]] Status make_disk(LabNode const& node, std::string const& image,
                               LabSettings const& settings);

/// Writes the node's own files into its root.
[[nodiscard]] Status write_node_files(LabNode const& node, std::vector<ConfigFile> const& files);

/// Unmounts everything of all nodes below the state directory.
[[nodiscard]] Status unmount_disks();

}  // namespace interregnum
