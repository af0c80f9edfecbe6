// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/mistakes.h"
#include "harness/base/result.h"
#include "harness/base/secret.h"
#include "harness/cluster/view.h"

namespace interregnum {

/// Where a secret comes from: "env:NAME" or "file:PATH". Read once, when the run starts.
struct SecretSource {
    /// As in the file, a path made absolute as of other files; "" when not given. Safe to show.
    std::string spec;
};

struct SshAccess {
    std::string transport{"libssh2"};  ///< or "openssh", the system's `ssh`
    std::string user;                  ///< "" with openssh: as ~/.ssh/config says
    std::string key;                   ///< private key file; "" means the agent
    bool sudo{};                       ///< commands run through `sudo -n`
    std::string host_keys;  ///< known_hosts file of expected keys; "" means ~/.ssh/known_hosts
    std::uint16_t port{22};
};

struct InventoryNode {
    std::string name;
    std::string address;
    std::string group;  ///< "db" or "app"
    /// What its name resolved to when the program began; not in the file.
    std::vector<std::string> addresses{};
};

struct InventoryEndpoint {
    std::string entry;  ///< "app1:5000" as written
    std::string host;   ///< address of that node, or the host as written when it names no node
    std::uint16_t port{};
};

struct PostgresSettings {
    std::string user{"drill"};
    std::string dbname{"drill"};
    std::string sslmode{"prefer"};
    SecretSource password;
    std::string sslrootcert;  ///< files on the controller
    std::string sslcert;
    std::string sslkey;
    std::uint16_t port{5432};  ///< on the nodes
};

struct RedisSettings {
    std::string master;  ///< Sentinel's name of it
    std::string user;
    SecretSource password;
    std::uint16_t port{6379};
    std::uint16_t sentinel_port{26379};
};

/// A REST service on the nodes (Patroni, etcd): port, and how to speak to it.
struct RestSettings {
    std::uint16_t port{};
    bool tls{};
    std::string cacert;
    std::string cert;
    std::string key;
    std::string user;
    SecretSource password;
};

/// Whether AWS may take the nodes back, and where they are told.
struct SpotSettings {
    bool watched{};
    /// The instance metadata service (IMDSv2) as the nodes reach it, without a path.
    std::string base{"http://169.254.169.254"};
};

/// The inventory file: which cluster, how to reach it, where its customers dial.
/// The format is in README and `scenarios/schema/inventory.json`.
struct Inventory {
    std::string file;
    std::string cluster;
    std::string environment{"disposable"};  ///< or "production"
    SshAccess ssh;
    std::vector<InventoryNode> nodes;  ///< db first, then app, each in file order
    std::vector<InventoryEndpoint> write;
    std::vector<InventoryEndpoint> read;
    std::vector<InventoryEndpoint> cache;
    std::string via;  ///< the node through whose SSH forwards the entry points are dialled; or ""
    PostgresSettings postgres;
    RedisSettings redis;
    std::string patroni_scope;
    std::string patroni_namespace{"/service"};
    RestSettings patroni{.port = 8008, .tls = false};
    RestSettings etcd{.port = 2379, .tls = false};
    std::uint16_t haproxy_stats_port{7000};
    PowerAccess power;
    SpotSettings spot;

    [[nodiscard]] InventoryNode const* node(std::string_view name) const;
};

/// Parses and checks an inventory given as text. Mistakes are added, all of them; the result is
/// only good when `mistakes` stayed empty. Looks at no file: paths of keys and certificates are
/// only made absolute, "~/" by HOME and relative ones by the folder of `file`.
[[nodiscard]] Inventory parse_inventory(std::string const& file, std::string_view text,
                                        Mistakes& mistakes);

/// Reads a file (at most 1 MiB) and parses it.
[[nodiscard]] Result<Inventory> load_inventory(std::string const& file, Mistakes& mistakes);

/// Reads the secret. "" gives an empty one; a missing variable or file is an error that names it
/// (never its content). A file's last newline is not part of it.
[[nodiscard]] Result<Secret> read_secret(SecretSource const& source);

/// The JSON Schema (draft 2020-12) of inventory files, made from the tables that read them.
[[nodiscard]] std::string inventory_schema();

/// Whether this can be a node's name: lower-case letters, digits, '-' and '.', at most 63, a
/// letter or digit first.
[[nodiscard]] bool is_node_name(std::string_view text);
/// Whether this can be dialled: an IPv4 or IPv6 address or a host name, by its form alone.
[[nodiscard]] bool is_host(std::string_view text);

}  // namespace interregnum
