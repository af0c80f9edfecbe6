// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {
namespace {

/// A YAML double-quoted scalar of printable ASCII.
std::string yaml_quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string dcs_section(LabSettings const& settings) {
    Options const& v = settings.values;
    std::string text = "bootstrap:\n  dcs:\n";
    for (std::string_view const name :
         {"ttl", "loop_wait", "retry_timeout", "primary_start_timeout", "primary_stop_timeout",
          "synchronous_node_count"})
        text += fmt::format("    {}: {}\n", name, v.integer(fmt::format("patroni.{}", name)));
    for (std::string_view const name :
         {"synchronous_mode", "synchronous_mode_strict", "failsafe_mode"})
        text += fmt::format("    {}: {}\n", name, v.flag(fmt::format("patroni.{}", name)));
    text += fmt::format("    maximum_lag_on_failover: {}\n",
                        v.bytes("patroni.maximum_lag_on_failover"));
    text += fmt::format("    postgresql:\n      use_pg_rewind: {}\n      use_slots: {}\n",
                        v.flag("patroni.use_pg_rewind"), v.flag("patroni.use_slots"));
    text += "      parameters:\n";
    auto gucs = settings.gucs;
    // Two HAProxies with 100 connections a server each (their usual limit), and some to spare.
    gucs.try_emplace("max_connections", "220");
    for (auto const& [name, value] : gucs)
        text += fmt::format("        {}: {}\n", name, yaml_quoted(value));
    return text + R"(  initdb:
    - encoding: UTF8
    - locale: C.UTF-8
    - data-checksums
  post_bootstrap: /etc/patroni/post_bootstrap
)";
}

std::string postgresql_section(NodeConfigInput const& input) {
    LabSecrets const& secrets = input.secrets;
    return fmt::format(R"(postgresql:
  listen: 0.0.0.0:5432
  connect_address: {address}:5432
  data_dir: /var/lib/postgresql/15/main
  bin_dir: /usr/lib/postgresql/15/bin
  pgpass: /var/lib/postgresql/.pgpass_patroni
  basebackup:
    - checkpoint: fast
  authentication:
    superuser:
      username: postgres
      password: {superuser}
    replication:
      username: replicator
      password: {replication}
    rewind:
      username: rewinder
      password: {rewind}
  parameters:
    unix_socket_directories: /var/run/postgresql
    log_line_prefix: "%m [%p] %q%u@%d "
  pg_hba:
    - local all all peer
    - host all all 127.0.0.1/32 scram-sha-256
    - host all all 10.99.0.0/24 scram-sha-256
    - host replication replicator 127.0.0.1/32 scram-sha-256
    - host replication replicator 10.99.0.0/24 scram-sha-256
)",
                       fmt::arg("address", input.node.address),
                       fmt::arg("superuser", secrets.superuser.reveal()),
                       fmt::arg("replication", secrets.replication.reveal()),
                       fmt::arg("rewind", secrets.rewind.reveal()));
}

}  // namespace

std::string patroni_yaml(NodeConfigInput const& input) {
    std::string hosts;
    for (LabNode const& node : db_nodes())
        hosts += fmt::format("{}{}:2379", hosts.empty() ? "" : ",", node.address);
    return fmt::format(R"(scope: {scope}
name: {name}
restapi:
  listen: 0.0.0.0:8008
  connect_address: {address}:8008
etcd3:
  hosts: {hosts}
)",
                       fmt::arg("scope", lab_scope), fmt::arg("name", input.node.name),
                       fmt::arg("address", input.node.address), fmt::arg("hosts", hosts)) +
           dcs_section(input.settings) + postgresql_section(input);
}

}  // namespace interregnum
