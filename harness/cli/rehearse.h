// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/exit_code.h"
#include "harness/cli/cluster_choice.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// What `--dry-run` does: looks at the cluster, and prints each scenario as it would be played now,
/// with targets, commands and their undo. Touches nothing. `inconclusive` where nobody has a role,
/// or a step would be refused; `usage` where a step has no plan on this cluster. Call it before any
/// thread is started.
[[nodiscard]] ExitCode rehearse(ChosenCluster const& chosen, std::vector<Scenario> const& scenarios,
                                std::uint64_t seed, bool json);

}  // namespace interregnum
