// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// A file with an ext4 of its own, mounted through a loop device. Unlike a folder of a tmpfs it
/// has a size of its own, keeps a reserve for root, and can be frozen. The loop device goes with
/// the mount.
struct Volume {
    std::string file;
    std::string point;
    std::uint64_t size_bytes{};
};

[[nodiscard]] Status make_volume(Volume const& volume);

/// Thaws every ext4 that is mounted at or below a folder. One that is not frozen is fine. On a
/// frozen file system no process dies and no unmount ends.
[[nodiscard]] Status thaw_below(std::string_view folder);

/// Loop devices whose file is, or was, below a folder: "/dev/loop3 (FILE)".
[[nodiscard]] std::vector<std::string> find_loop_devices(std::string_view folder);

}  // namespace interregnum
