// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/fault.h"

namespace interregnum {

/// Arming: before a fault is injected, each of its nodes holds, in `/run/interregnum/ID/`, all
/// that is needed to end it without us:
///
///   inject  undo  renew   the commands of this node, as shell files
///   lease   limit         uptimes in hundredths of a second: `undo` is run when the lease is over;
///                         no renewal goes beyond the limit
///   firing                until when the inject may take: it ends within the timeouts of its own
///                         commands, and before that the node does not undo what it is doing. One
///                         that takes long begins the lease anew as it ends
///   watch   watching      the watcher (a transient unit `interregnum-ID`, else a process of its
///                         own session), and the pid and start time by which it said that it runs
///
/// and `/run/interregnum/heal`, which undoes everything of ours on the node. Uptimes are of the
/// monotonic clock, so that a stepped clock does not hold a fault in force.
struct Arming {
    std::string id;
    std::string kind;
    Duration lease{};
    Duration limit{};  ///< longest time in force, from now
    /// The commands of one node, in their order.
    std::vector<FaultCommand> inject;
    std::vector<FaultCommand> undo;
    std::vector<FaultCommand> renew;
};

/// Shell text for the stdin of `sh -s`, as root: leaves the files, starts the watcher, and ends
/// with 0 once the watcher runs. On failure nothing is left.
[[nodiscard]] std::string arm_text(Arming const& arming, std::string_view heal_text);

/// One short line that runs the `inject` that was sent ahead. Bounds itself by the timeouts of
/// the commands in it; `timeout` here is their sum.
[[nodiscard]] FaultCommand fire_command(std::string node, Arming const& arming);

/// Renews the lease and what the fault itself wants renewed. Ends with `healed_itself` when the
/// node has undone it in the meantime.
[[nodiscard]] FaultCommand renew_command(std::string node, std::string_view id);
inline constexpr int healed_itself = 3;

/// An inject that takes longer than this part of its lease begins it anew.
inline constexpr int inject_renews_beyond = 4;

/// Ends the watcher and removes the files. Fine when there are none. To be run after `undo`.
[[nodiscard]] FaultCommand disarm_command(std::string node, std::string_view id);

}  // namespace interregnum
