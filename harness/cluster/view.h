// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// How servers lose and regain power: a property of the inventory, since it differs between the
/// lab, real machines and clouds. Commands run on the controller; each argument "{node}" stands
/// for the node's name and "{address}" for its address.
struct PowerAccess {
    enum class Kind { lab, sysrq, commands, none };
    Kind kind{Kind::none};
    std::vector<std::string> off;  ///< for `commands`, and for `lab` filled in by the program
    std::vector<std::string> on;   ///< empty: the server comes back by itself, or never
};

/// Where services listen on the nodes.
struct ServicePorts {
    std::uint16_t ssh{22};
    std::uint16_t postgres{5432};
    std::uint16_t patroni{8008};
    std::uint16_t etcd{2379};
    std::uint16_t etcd_peer{2380};
    std::uint16_t redis{6379};
    std::uint16_t sentinel{26379};
    std::vector<std::uint16_t> entries;  ///< of the endpoints that customers dial
};

/// What one node is at one moment.
struct NodeView {
    std::string name;
    std::string address;
    std::string group;  ///< "db" or "app"
    bool patroni_answers{};
    std::string member;  ///< Patroni's name of it
    std::string role;    ///< "leader", "sync_standby", "replica", "" when no member
    std::string state;   ///< "running", "streaming"...
    std::int64_t timeline{};
    std::int64_t lag_bytes{-1};
    bool redis_answers{};
    std::string redis_role;         ///< "master", "slave", ""
    std::string redis_link;         ///< of a replica: "connected" when it follows its master
    std::int64_t redis_replicas{};  ///< of a master: connected replicas
    bool sentinel_answers{};
    std::string sentinel_master;  ///< the node its Sentinel names as master
    bool etcd_leader{};
    bool etcd_healthy{};
    bool haproxy_answers{};
    /// Further addresses that it is known by: what its name resolves to, and Patroni's for it.
    std::vector<std::string> addresses{};
};

/// A server in a HAProxy backend.
struct BackendView {
    std::string app;
    std::string backend;
    std::string server;
    std::string status;     ///< "UP", "DOWN", "MAINT"...
    std::string address{};  ///< "10.0.0.1:5432"; "" where HAProxy keeps it to itself
    bool backup{};          ///< in use only while no other server of its backend is up
    /// Where customers dial the backend itself; empty where HAProxy does not tell.
    std::vector<std::uint16_t> ports{};
};

/// Where customers dial: an entry point of the inventory.
struct EntryView {
    enum class Kind { write, read, cache };
    Kind kind{Kind::write};
    std::string host;  ///< the address of a node, or what belongs to none: a virtual address
    std::uint16_t port{};
};

/// The cluster at one moment: who is what. A value; looking again makes a new one.
struct ClusterView {
    std::vector<NodeView> nodes;
    std::vector<BackendView> backends;
    std::vector<EntryView> entries;
    PowerAccess power;
    ServicePorts ports;
    std::string redis_master_name;  ///< Sentinel's name of it
    /// Seeded by the run: which of several nodes "any:ROLE" takes.
    std::uint64_t draw{};
    bool redis_expected{};                         ///< the inventory names a Redis master
    bool paused{};                                 ///< Patroni's maintenance mode
    bool config_known{};                           ///< GET /config answered somewhere
    bool synchronous{};                            ///< synchronous_mode is on
    bool strict{};                                 ///< synchronous_mode_strict is on
    bool failsafe{};                               ///< failsafe_mode is on
    Duration ttl{std::chrono::seconds(30)};        ///< Patroni's ttl
    Duration loop_wait{std::chrono::seconds(10)};  ///< Patroni's loop_wait
    std::vector<std::string> problems;             ///< what could not be asked, one sentence each

    [[nodiscard]] NodeView const* node(std::string_view name) const;
    /// The node that is Patroni's leader, or nullptr.
    [[nodiscard]] NodeView const* leader() const;
};

/// The roles a step can name, for validation and help.
[[nodiscard]] std::vector<std::string> const& role_names();

/// The nodes that hold a role now, or the node itself when `role` is a node's name. Sorted by
/// name; empty when nobody has the role. Roles: leader, replica (any replica), sync_standby,
/// redis_master, redis_replica, sentinel, haproxy, dcs_leader, all_db, all_app. "any:ROLE" is one
/// of those that have the role, by `view.draw`.
[[nodiscard]] std::vector<std::string> resolve_role(ClusterView const& view, std::string_view role);

/// The reasons why the cluster is not fully redundant now, one sentence each; empty when it is:
/// one leader, every database node streaming (or leader) on one timeline with at most
/// `lag_limit_bytes` of lag, a sync standby where synchronous mode is on, every Sentinel naming
/// the same living master with Redis replicating, every HAProxy answering, of one opinion, and
/// sending customers where `misrouted` (harness/cluster/routing.h) wants them.
[[nodiscard]] std::vector<std::string> not_redundant_because(ClusterView const& view,
                                                             std::int64_t lag_limit_bytes);

}  // namespace interregnum
