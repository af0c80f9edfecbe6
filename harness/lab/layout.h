// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace interregnum {

/// One node of the local lab. The lab has fixed names and addresses: one lab a machine.
struct LabNode {
    std::string_view name;
    std::string_view address;
    bool is_db{};
};

/// db1 db2 db3 app1 app2, in this order.
[[nodiscard]] std::span<LabNode const> lab_nodes();

/// nullptr when the lab has no node of that name.
[[nodiscard]] LabNode const* find_lab_node(std::string_view name);

/// What the lab is called in inventories, reports and the opt-in marker on its nodes.
inline constexpr std::string_view lab_cluster_name = "lab";
/// Patroni's scope, and Sentinel's name of the Redis master.
inline constexpr std::string_view lab_scope = "shop";
/// The controller's address on the lab's switch.
inline constexpr std::string_view lab_controller_address = "10.99.0.1";
inline constexpr std::string_view lab_state_dir = "/run/interregnum-lab";
inline constexpr std::string_view lab_lock_file = "/run/interregnum-lab.lock";
inline constexpr std::string_view lab_image_cache = "/var/cache/interregnum";
/// The network namespace that holds the switch, and in which the controller runs.
inline constexpr std::string_view lab_switch_netns = "interregnum-lab";

/// What everything of a node outside itself is named after: its cgroup, its network namespace
/// and its machine name ("interregnum-db1"). Teardown finds leftovers by it.
[[nodiscard]] std::string lab_unit(LabNode const& node);

/// "/run/netns/NAME": where `ip netns` looks too.
[[nodiscard]] std::string netns_path(std::string_view netns);

/// Files and folders of the lab on the host. All of them disappear with `lab down`.
namespace lab_path {
[[nodiscard]] std::string inventory();
[[nodiscard]] std::string ssh_key();
[[nodiscard]] std::string known_hosts();
[[nodiscard]] std::string postgres_password();
[[nodiscard]] std::string redis_password();
[[nodiscard]] std::string state();
/// The node's tmpfs: everything the node ever writes, and no more than its size.
[[nodiscard]] std::string disk(LabNode const& node);
/// The node's root file system: image below, upper on its disk.
[[nodiscard]] std::string root(LabNode const& node);
/// What is bound to /var/lib/postgresql on a database node: a volume with a file system of its
/// own, whose file is on the node's disk.
[[nodiscard]] std::string data_volume(LabNode const& node);
[[nodiscard]] std::string process_record(LabNode const& node);
[[nodiscard]] std::string console_log(LabNode const& node);
/// The exit status of the node's nspawn, once it has ended.
[[nodiscard]] std::string exit_record(LabNode const& node);
[[nodiscard]] std::string supervisor_log();
}  // namespace lab_path

}  // namespace interregnum
