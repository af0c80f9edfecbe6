// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/cluster/view.h"

namespace interregnum {

/// Fails with `invalid` when one of the nodes is no replica now: the leader replays nothing, and
/// must never be rebuilt.
[[nodiscard]] Status only_replicas(std::vector<std::string> const& nodes, ClusterView const& view);

}  // namespace interregnum
