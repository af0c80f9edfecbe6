// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/view.h"

namespace interregnum {

/// The nodes that roles or names stand for now, without doubles.
[[nodiscard]] std::vector<std::string> nodes_of(ClusterView const& view,
                                                std::vector<std::string> const& roles);
/// The addresses of nodes, in their order. Unknown names give none.
[[nodiscard]] std::vector<std::string> addresses_of(ClusterView const& view,
                                                    std::vector<std::string> const& nodes);
/// All nodes but these, by name.
[[nodiscard]] std::vector<std::string> all_but(ClusterView const& view,
                                               std::vector<std::string> const& nodes);
[[nodiscard]] std::vector<std::string> all_nodes(ClusterView const& view);

}  // namespace interregnum
