// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/clock.h"

/// What a service says of where it is (PostgreSQL of its own address, Sentinel of its master's,
/// HAProxy of its servers') is an address, and a node is known by several: the inventory's, which
/// may be a host name, what that name resolves to, and where Patroni tells the others to find it,
/// which behind a NAT is another. Here it is told which node is meant. The types of nodes have an
/// `address`, the inventory's, and `addresses`, the further ones.
namespace interregnum {

/// The one way to write an address: numeric ones as PostgreSQL writes them (an IPv4 address that
/// was mapped into IPv6 as what it is), names in lower case.
[[nodiscard]] std::string plain_address(std::string_view address);

/// Whether this is an IPv4 or IPv6 address, not a name.
[[nodiscard]] bool is_numeric_address(std::string_view address);

/// An address that every host has for itself: it tells nothing of which host is meant.
[[nodiscard]] bool is_loopback(std::string_view address);

/// Adds one more address by which a node is known; not its own, none twice, and no loopback.
template <class Node>
void add_address(Node& node, std::string_view address) {
    std::string plain = plain_address(address);
    if (plain.empty() || is_loopback(plain) || plain == plain_address(node.address)) return;
    if (std::ranges::find(node.addresses, plain) == node.addresses.end())
        node.addresses.push_back(std::move(plain));
}

template <class Node>
[[nodiscard]] bool is_known_by(Node const& node, std::string_view address) {
    std::string const plain = plain_address(address);
    if (plain.empty()) return false;
    return plain == plain_address(node.address) ||
           std::ranges::find(node.addresses, plain) != node.addresses.end();
}

/// The node that is meant by an address: whose own it is, else the one that is known by it, else
/// the one of that name. nullptr when there is none, or when two of a group are known by it.
template <class Node>
[[nodiscard]] Node const* find_by_address(std::vector<Node> const& nodes,
                                          std::string_view address) {
    std::string const plain = plain_address(address);
    if (plain.empty()) return nullptr;
    auto const own = std::ranges::find_if(
        nodes, [&](Node const& node) { return plain_address(node.address) == plain; });
    if (own != nodes.end()) return &*own;
    Node const* found = nullptr;
    for (Node const& node : nodes) {
        if (std::ranges::find(node.addresses, plain) == node.addresses.end()) continue;
        if (found != nullptr && found->group == node.group) return nullptr;
        // A server that is a database node and an application node is the former to services.
        if (found == nullptr) found = &node;
    }
    if (found != nullptr) return found;
    auto const named = std::ranges::find(nodes, plain, &Node::name);
    return named == nodes.end() ? nullptr : &*named;
}

/// What the names resolve to, numeric; they are looked up side by side, and those that take longer
/// than `patience` or resolve to nothing are not in it.
[[nodiscard]] std::map<std::string, std::vector<std::string>> look_up(
    std::set<std::string> const& hosts, Duration patience, std::stop_token const& stop);

/// Adds what the names among the nodes' addresses resolve to.
template <class Node>
void resolve_addresses(std::vector<Node>& nodes, Duration patience, std::stop_token const& stop) {
    auto const names_of = [](Node const& node) {
        std::set<std::string> names;
        if (!is_numeric_address(node.address)) names.insert(node.address);
        for (std::string const& one : node.addresses)
            if (!is_numeric_address(one)) names.insert(one);
        names.erase("");
        return names;
    };
    std::set<std::string> hosts;
    for (Node const& node : nodes) hosts.merge(names_of(node));
    auto const found = look_up(hosts, patience, stop);
    for (Node& node : nodes)
        for (std::string const& name : names_of(node))
            if (auto const numeric = found.find(name); numeric != found.end())
                for (std::string const& one : numeric->second) add_address(node, one);
}

/// For `resolve_addresses`: longer than a resolver's first try of a second server.
inline constexpr Duration resolving_patience = std::chrono::seconds(6);

}  // namespace interregnum
