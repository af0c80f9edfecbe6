// SPDX-License-Identifier: MIT
#include "harness/lab/layout.h"

#include <algorithm>
#include <array>

namespace interregnum {
namespace {

constexpr std::array nodes{
    LabNode{.name = "db1", .address = "10.99.0.11", .is_db = true},
    LabNode{.name = "db2", .address = "10.99.0.12", .is_db = true},
    LabNode{.name = "db3", .address = "10.99.0.13", .is_db = true},
    LabNode{.name = "app1", .address = "10.99.0.21", .is_db = false},
    LabNode{.name = "app2", .address = "10.99.0.22", .is_db = false},
};

std::string in_state_dir(std::string_view name) {
    return std::string(lab_state_dir) + "/" + std::string(name);
}

std::string in_node_dir(LabNode const& node, std::string_view name) {
    return in_state_dir("nodes/") + std::string(node.name) + "/" + std::string(name);
}

}  // namespace

std::span<LabNode const> lab_nodes() { return nodes; }

LabNode const* find_lab_node(std::string_view name) {
    auto const found = std::ranges::find(nodes, name, &LabNode::name);
    return found == nodes.end() ? nullptr : &*found;
}

std::string lab_unit(LabNode const& node) { return "interregnum-" + std::string(node.name); }

std::string netns_path(std::string_view netns) { return "/run/netns/" + std::string(netns); }

namespace lab_path {
std::string inventory() { return in_state_dir("inventory.json"); }
std::string ssh_key() { return in_state_dir("id_ed25519"); }
std::string known_hosts() { return in_state_dir("known_hosts"); }
std::string postgres_password() { return in_state_dir("postgres.password"); }
std::string redis_password() { return in_state_dir("redis.password"); }
std::string state() { return in_state_dir("state.json"); }
std::string disk(LabNode const& node) { return in_node_dir(node, "disk"); }
std::string root(LabNode const& node) { return in_node_dir(node, "root"); }
std::string data_volume(LabNode const& node) { return disk(node) + "/postgresql"; }
std::string process_record(LabNode const& node) { return in_node_dir(node, "process.json"); }
std::string console_log(LabNode const& node) { return in_node_dir(node, "console.log"); }
std::string exit_record(LabNode const& node) {
    return in_state_dir("exit-status." + std::string(node.name));
}
std::string supervisor_log() { return in_state_dir("supervisor.log"); }
}  // namespace lab_path

}  // namespace interregnum
