// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace interregnum {

/// Shell functions that wait for the lock which keeps a renewal from redoing what an undo has just
/// undone (the engine renews until the undo is over). It is on our folder itself, so that nothing
/// is left of it. Each fails, and says so, where the lock cannot be had: then nothing was renewed,
/// and nothing undone, and neither must be called done.
///
///   may_renew   for a renewal, where there is our folder
///   may_undo    for an undo: fine on a node without flock too, where nothing is ever renewed
inline constexpr std::string_view node_lock_shell = R"sh(
locked() { [ -d /run/interregnum ] && exec 9</run/interregnum && flock -w 5 9; }
may_renew() { locked || { echo 'the lock of /run/interregnum cannot be had' >&2; return 1; }; }
may_undo() { ! command -v flock >/dev/null || may_renew; }
)sh";

}  // namespace interregnum
