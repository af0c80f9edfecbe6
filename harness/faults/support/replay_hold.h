// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/fault.h"

namespace interregnum {

/// How far a replica's replay may go while it is held.
struct ReplayGoal {
    enum class Kind { nothing, seconds, bytes };
    Kind kind{Kind::nothing};
    std::string amount{"0"};  ///< how far it stays behind
};

/// Commands that hold a replica's replay, on the replica itself; see replay_hold.cpp for how.
/// `longest` bounds the time of what they leave running there.
[[nodiscard]] FaultCommand hold_replay(std::string const& node, std::uint16_t port,
                                       ReplayGoal const& goal, Duration longest);
/// Idempotent: ends it, from any state.
[[nodiscard]] FaultCommand let_replay_go(std::string const& node, std::uint16_t port);
/// For `FaultPlan::renew`: fails as a fault that has healed itself where what holds replay has
/// ended before its time.
[[nodiscard]] FaultCommand is_hold_kept(std::string const& node, std::uint16_t port);
/// Succeeds while replay is held.
[[nodiscard]] FaultCommand is_replay_held(std::string const& node, std::uint16_t port);

/// For `FaultKind`: by name, whatever the goal was.
[[nodiscard]] std::string_view replay_hold_sweep();
/// For `FaultKind`: those that hold still ("nothing"), or those with a goal ("behind").
extern std::string_view const replay_still_residue;
extern std::string_view const replay_behind_residue;

}  // namespace interregnum
