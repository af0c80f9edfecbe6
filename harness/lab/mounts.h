// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

struct Mount {
    std::string point;
    std::string type;  ///< "overlay", "tmpfs", "cgroup2"...
};

/// This process's mounts, in the order they were made.
[[nodiscard]] std::vector<Mount> list_mounts();

/// Is a path this folder, or inside it?
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view folder);

/// A tmpfs that holds at most `size_bytes`; the folder is made.
[[nodiscard]] Status mount_tmpfs(std::string const& point, std::uint64_t size_bytes);

/// An overlay: `lower` is never written to. The three upper folders are made.
struct OverlayPaths {
    std::string lower;
    std::string upper;
    std::string work;
    std::string point;
};
[[nodiscard]] Status mount_overlay(OverlayPaths const& paths);

/// Unmounts everything at or below a folder, the last one first; what is busy is detached.
[[nodiscard]] Status unmount_below(std::string_view folder);

}  // namespace interregnum
