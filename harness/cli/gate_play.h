// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "harness/cli/play.h"
#include "harness/gate.h"
#include "harness/scenario/suite.h"

namespace interregnum {

/// The time that a call of `gate` may take. No play begins that is not expected to end in it; one
/// that has begun is played to its end, for half a drill proves nothing.
struct GateBudget {
    Duration span{};
    Instant until;
};

/// What plays of a gate need.
struct GatePlaying {
    Suite const& suite;  ///< its drills are those of the facts, in the same order
    Plays const& plays;
    ClusterState& state;
    StopOnSignal& signals;
    std::optional<GateBudget> budget;
};

/// What a gate keeps of a play on that cluster, by its folder. One that left no report is an error
/// with the reason, unless its code says that it failed, and is known to have left something behind
/// where its code says so.
[[nodiscard]] GateRun gate_run(Reported const& reported, Play const& one,
                               std::string const& cluster);

/// One line on stderr about how far the gate is: stdout is for results.
void gate_progress(std::string const& line);

/// Plays what the drills of `facts` lack, until nothing does, the time is over, or something says
/// that nothing more may be tried; nothing at all where `nothing_more` says why already. Says of
/// each drill of which something is missing why that is. Returns whether it can be gone on with:
/// plays are missing that were not given up.
[[nodiscard]] bool play_drills(GatePlaying const& playing, std::string nothing_more,
                               GateFacts& facts);

}  // namespace interregnum
