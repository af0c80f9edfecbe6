// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/sentinel.h"

namespace interregnum {

/// What one host answered at the usual ports.
struct HostAnswers {
    std::string host;  ///< as it was asked for
    bool is_member{};  ///< Patroni's REST API answers
    std::string member;
    std::string scope;
    bool is_leader{};
    std::vector<std::pair<std::string, std::string>> members;  ///< Patroni's: name and address
    bool etcd{};
    std::vector<SentinelMaster> masters;
    std::optional<bool> redis_login;          ///< Redis answers, and wants a login
    std::optional<std::uint16_t> stats_port;  ///< of HAProxy
    std::vector<std::string> backends;        ///< HAProxy's, without doubles
    std::vector<std::string> servers;         ///< addresses behind it, where it tells
    std::vector<std::uint16_t> open_ports;    ///< of those that customers usually dial
};

/// A node of the cluster that was found.
struct FoundNode {
    std::string name;
    std::string address;
    std::string group;  ///< "db" or "app"
};

/// A cluster as its services tell of it.
struct FoundCluster {
    std::string scope;
    std::vector<FoundNode> nodes;
    std::string leader;        ///< name of the node that is Patroni's leader
    std::string redis_master;  ///< Sentinel's name of the master
    bool redis_login{};
    bool etcd{};
    std::uint16_t stats_port{7000};
    std::vector<std::string> backends;
    std::vector<std::uint16_t> open_ports;  ///< on every application node
    std::vector<std::string> remarks;       ///< for people, one sentence each
};

/// The ports at which HAProxys are usually dialled.
[[nodiscard]] std::vector<std::uint16_t> const& usual_entry_ports();

/// Asks one host at the usual ports of Patroni, etcd, Sentinel, Redis and HAProxy. Looks only.
[[nodiscard]] HostAnswers ask_host(std::string const& host, Duration timeout, std::stop_token stop);

/// Asks hosts, side by side, each as `ask_host` does.
[[nodiscard]] std::vector<HostAnswers> ask_hosts(std::vector<std::string> const& hosts,
                                                 Duration timeout, std::stop_token const& stop);

/// `wanted` in lower case where that can be a node's name and no node of `taken` has it; else the
/// group's name with the next number that is free.
[[nodiscard]] std::string name_for_node(std::string wanted, std::string const& group,
                                        std::vector<FoundNode> const& taken);

/// Puts together what hosts said: members become database nodes, other hosts with a HAProxy
/// application nodes. What came from the network is used only where it can be what it should be.
/// Pure.
[[nodiscard]] FoundCluster put_together(std::vector<HostAnswers> const& answers);

/// Asks the hosts, and then the members that they name.
[[nodiscard]] FoundCluster discover(std::vector<std::string> const& hosts, Duration timeout,
                                    std::stop_token stop);

/// What the network does not tell, as it is to stand in the inventory.
struct InventoryGuesses {
    std::string cluster;  ///< "": named after Patroni's scope
    std::string ssh_user{"admin"};
    std::string ssh_key{"~/.ssh/id_ed25519"};
    std::string host_keys;
    std::string power{"none"};
    std::string postgres_password{"env:PGPASSWORD"};
    std::string redis_password{"env:REDIS_PASSWORD"};
    bool spot{};  ///< these are spot instances: watch for their interruption
};

/// A commented inventory (JSON with comments), which `parse_inventory` accepts whatever was
/// found. Pure.
[[nodiscard]] std::string inventory_text(FoundCluster const& found,
                                         InventoryGuesses const& guesses);

}  // namespace interregnum
