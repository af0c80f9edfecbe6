// SPDX-License-Identifier: MIT
#include "harness/faults/support/replicas.h"

#include <fmt/format.h>

namespace interregnum {

Status only_replicas(std::vector<std::string> const& nodes, ClusterView const& view) {
    for (std::string const& name : nodes) {
        NodeView const* const node = view.node(name);
        if (node == nullptr) return fail(Error::Kind::not_found, "no node is named " + name);
        if (node->role == "leader" || node->role.empty())
            return fail(
                Error::Kind::invalid,
                fmt::format("{} is {}: target a replica, such as \"any:replica\"", name,
                            node->role.empty() ? "no member of Patroni's cluster" : "the leader"));
    }
    return {};
}

}  // namespace interregnum
