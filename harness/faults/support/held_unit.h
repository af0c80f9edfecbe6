// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/fault.h"

namespace interregnum {

/// How a fault brings a unit down, and which of its processes it hits.
struct UnitDown {
    /// Names the fault's files on the node, one word a kind: "killed".
    std::string_view mark;
    std::string_view unit;  ///< without ".service"
    /// A signal's name, or "stop": the unit's own way to end.
    std::string signal;
    std::string_view whom{"all"};  ///< "main" or "all", for a signal
    /// It is kept from coming back: by itself (Restart=), by a cron job, by hand.
    bool hold{};
};

/// Brings a running unit down. One that does not run is left alone, and the command fails.
///
/// A unit is held by a drop-in under /run with a condition that is never true. A runtime mask
/// would not do: it lies in /run too, and a unit file in /etc, where owners put theirs, wins over
/// it.
[[nodiscard]] FaultCommand bring_down(std::string node, UnitDown const& down);

/// Starts what `bring_down` brought down, from any state; nothing when it did nothing.
[[nodiscard]] FaultCommand bring_back(std::string node, std::string_view mark,
                                      std::string_view unit);

/// Prints pid and start time of a unit's main process; nothing when it has none.
[[nodiscard]] FaultCommand main_process_of(std::string node, std::string_view unit);

/// Succeeds while the unit has no process of its own any more.
[[nodiscard]] FaultCommand is_down(std::string node, std::string_view unit);

/// `FaultKind::sweep` and `FaultKind::residue` of a kind that brings units down.
[[nodiscard]] std::string held_unit_sweep(std::string_view mark);
[[nodiscard]] std::string held_unit_residue(std::string_view mark);

}  // namespace interregnum
