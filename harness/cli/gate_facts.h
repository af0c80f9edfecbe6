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

/// Ticks the manual items that `done` names ("restore-tested=Ada Lovelace") at the time `at`.
/// Errors: no such item, nobody's name.
[[nodiscard]] Status tick(std::vector<std::string> const& done, std::string const& at,
                          std::vector<ManualItem>& items);

}  // namespace interregnum
