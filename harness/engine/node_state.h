// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cluster/view.h"
#include "harness/record/event.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Asks every node for the state that a drill must leave as it found it: services and masks,
/// firewall rules, traffic shaping, frozen groups, full volumes, the clock, PostgreSQL and Patroni
/// (database_facts.h), our own files. One fixed script a node, side by side. A node that cannot be
/// asked gives an incomplete state. `members`: Patroni's names of the members, whose slots come
/// and go with the roles; the same for two states that are to be compared.
/// Taken before and after a run; comparing the two (record/node_difference.h) is the clean
/// certificate.
[[nodiscard]] std::vector<record::NodeState> node_states(Fleet& fleet,
                                                         std::vector<std::string> const& nodes,
                                                         std::vector<std::string> const& members,
                                                         std::string const& when, record::Offset at,
                                                         std::stop_token stop);

/// Patroni's names of the members that a view shows.
[[nodiscard]] std::vector<std::string> member_names(ClusterView const& view);

/// "key=value" lines of the script's output into facts. At most 500, of 2,000 bytes each.
[[nodiscard]] std::map<std::string, std::string> parse_facts(std::string_view text);

}  // namespace interregnum
