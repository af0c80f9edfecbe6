// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Asks every node for the state that a drill must leave as it found it: services and masks,
/// firewall rules, traffic shaping, frozen groups, our own files. One fixed script a node,
/// side by side. A node that cannot be asked gives an incomplete state.
/// Taken before and after a run; comparing the two is the clean certificate.
[[nodiscard]] std::vector<record::NodeState> node_states(Fleet& fleet,
                                                         std::vector<std::string> const& nodes,
                                                         std::string const& when, record::Offset at,
                                                         std::stop_token stop);

/// "key=value" lines of the script's output into facts. At most 500, of 2,000 bytes each.
[[nodiscard]] std::map<std::string, std::string> parse_facts(std::string_view text);

}  // namespace interregnum
