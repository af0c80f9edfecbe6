// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Shell function `locked`: waits for the lock that keeps a renewal from redoing what an undo has
/// just undone (the engine renews until the undo is over). It is on our folder itself, so that
/// nothing is left of it. Fails when there is no folder: then nothing is in force.
inline constexpr std::string_view node_lock_shell = R"sh(
locked() { [ -d /run/interregnum ] && exec 9</run/interregnum && flock -w 5 9; }
)sh";

}  // namespace interregnum
