// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/engine/hands.h"

namespace interregnum {

/// Why a node that does not answer no longer exists; "" when that is not known.
using WhyGone = std::function<std::string(std::string const& node)>;

/// Of what came of undoing a fault on `targets`, takes out what failed only because its node no
/// longer exists, and holds nothing any more; and what failed here when no target exists (power for
/// machines that are none). Returns which node and why, or "".
[[nodiscard]] std::string leave_out_the_gone(std::vector<CommandOutcome>& outcomes,
                                             std::vector<std::string> const& targets,
                                             WhyGone const& why_gone);

}  // namespace interregnum
