// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/cluster/view.h"

namespace interregnum {

/// A view of the cluster as the table that `interregnum status` prints. Pure.
[[nodiscard]] std::string status_text(ClusterView const& view);

}  // namespace interregnum
