// SPDX-License-Identifier: MIT
#include "harness/faults/support/peers.h"

#include <algorithm>

namespace interregnum {

std::vector<std::string> nodes_of(ClusterView const& view, std::vector<std::string> const& roles) {
    std::vector<std::string> nodes;
    for (std::string const& role : roles)
        for (std::string& node : resolve_role(view, role))
            if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(std::move(node));
    return nodes;
}

std::vector<std::string> addresses_of(ClusterView const& view,
                                      std::vector<std::string> const& nodes) {
    std::vector<std::string> addresses;
    for (std::string const& name : nodes)
        if (NodeView const* node = view.node(name)) addresses.push_back(node->address);
    return addresses;
}

std::vector<std::string> all_but(ClusterView const& view, std::vector<std::string> const& nodes) {
    std::vector<std::string> others;
    for (NodeView const& node : view.nodes)
        if (std::ranges::find(nodes, node.name) == nodes.end()) others.push_back(node.name);
    return others;
}

std::vector<std::string> all_nodes(ClusterView const& view) { return all_but(view, {}); }

}  // namespace interregnum
