// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/fault.h"

namespace interregnum {

/// Where everything of ours on a node is kept; a tmpfs, so that it goes with the node's memory,
/// like the faults. Marker files in it let `sweep` find by name what a fault did; a folder in it
/// that is named after a fault's id belongs to the engine (engine/arming.h).
inline constexpr std::string_view node_folder = "/run/interregnum";

/// A command that runs a shell script on a node. Arguments arrive as $1, $2...: nothing of a file
/// is ever part of the script's text.
[[nodiscard]] FaultCommand node_script(std::string node, std::string_view script,
                                       std::vector<std::string> arguments,
                                       Duration timeout = std::chrono::seconds(10));

/// Seconds with three decimals, for arguments of `sleep`, `timeout` and nft: "20.000".
[[nodiscard]] std::string in_seconds(Duration span);

}  // namespace interregnum
