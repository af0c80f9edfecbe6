// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/engine/preflight.h"
#include "harness/gate.h"
#include "harness/scenario/suite.h"

namespace interregnum {

/// The registered judge of gates. A program that was linked without one is a bug and ends.
[[nodiscard]] GateKind const& judge_of_gates();

/// What a look at the cluster means for a suite: its findings, worst first, and which of them the
/// suite forbids; what is not known; and why it cannot be drilled at all.
void add_preflight(Preflight const& found, Suite::Preflight asked, GateFacts& facts);

/// "kill-leader: The leader's server loses power" of each scenario that ships and is not in the
/// suite.
[[nodiscard]] std::vector<std::string> left_out(Suite const& suite);

/// Gives those of `items` that were ticked before their ticks back.
void keep_ticks(std::vector<ManualItem> const& ticked, std::vector<ManualItem>& items);

/// Ticks the manual items that `done` names ("restore-tested=Ada Lovelace") at the time `at`. One
/// that is ticked already stays as it is when the same name says so again. Errors: no such item,
/// nobody's name, another name than the one that has ticked it.
[[nodiscard]] Status tick(std::vector<std::string> const& done, std::string const& at,
                          std::vector<ManualItem>& items);

/// Those that somebody has ticked.
[[nodiscard]] std::vector<ManualItem> ticked_of(std::vector<ManualItem> const& items);

}  // namespace interregnum
