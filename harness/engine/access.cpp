// SPDX-License-Identifier: MIT
#include "harness/engine/access.h"

#include <fmt/format.h>

#include "harness/cluster/addresses.h"
#include "harness/remote/ssh.h"

namespace interregnum {

namespace {

RestAccess rest(RestSettings const& settings, Secret const& password) {
    return {.tls = settings.tls,
            .cacert = settings.cacert,
            .cert = settings.cert,
            .key = settings.key,
            .user = settings.user,
            .password = password};
}

std::vector<Endpoint> endpoints(std::vector<InventoryEndpoint> const& listed) {
    std::vector<Endpoint> result;
    result.reserve(listed.size());
    for (InventoryEndpoint const& one : listed)
        result.push_back({.entry = one.entry, .host = one.host, .port = one.port});
    return result;
}

/// Empty when the node consents, else why it does not.
std::string refusal(std::string const& cluster, Result<RemoteResult> const& read) {
    if (!read) return read.error().message;
    std::string const line = read->out.substr(0, read->out.find('\n'));
    if (read->exit_status != 0)
        return fmt::format(
            "it has no {}; to allow drills there, write the cluster's name into it: "
            "echo {} | sudo tee {}",
            consent_file, cluster, consent_file);
    if (line != cluster)
        return fmt::format(R"({} allows cluster "{}", this inventory is of "{}")", consent_file,
                           line.substr(0, 100), cluster);
    return {};
}

}  // namespace

SshTarget ssh_target(Inventory const& inventory, InventoryNode const& node, bool trust_new_hosts) {
    return {
        .node = node.name,
        .address = node.address,
        .port = inventory.ssh.port,
        .user = inventory.ssh.user,
        .key = inventory.ssh.key,
        .host_keys = inventory.ssh.host_keys,
        .sudo = inventory.ssh.sudo,
        .trust_new_host = trust_new_hosts,
        .client = inventory.ssh.transport == "openssh" ? SshClient::openssh : SshClient::libssh2};
}

std::unique_ptr<Fleet> make_fleet(Inventory const& inventory, bool trust_new_hosts) {
    std::vector<SshTarget> targets;
    targets.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes)
        targets.push_back(ssh_target(inventory, node, trust_new_hosts));
    return make_ssh_fleet(std::move(targets));
}

ProbeContext probe_context(Inventory const& inventory, ClusterSecrets const& secrets) {
    ProbeContext context;
    context.write = endpoints(inventory.write);
    context.read = endpoints(inventory.read);
    context.cache = endpoints(inventory.cache);
    context.nodes.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes) {
        context.nodes.push_back({.name = node.name,
                                 .address = node.address,
                                 .group = node.group,
                                 .patroni_port = inventory.patroni.port,
                                 .etcd_port = inventory.etcd.port,
                                 .postgres_port = inventory.postgres.port,
                                 .redis_port = inventory.redis.port,
                                 .sentinel_port = inventory.redis.sentinel_port,
                                 .haproxy_stats_port = inventory.haproxy_stats_port,
                                 .addresses = node.addresses});
    }
    context.postgres = {.user = inventory.postgres.user,
                        .dbname = inventory.postgres.dbname,
                        .sslmode = inventory.postgres.sslmode,
                        .sslrootcert = inventory.postgres.sslrootcert,
                        .sslcert = inventory.postgres.sslcert,
                        .sslkey = inventory.postgres.sslkey,
                        .password = secrets.postgres};
    context.redis = {.master_name = inventory.redis.master,
                     .user = inventory.redis.user,
                     .password = secrets.redis};
    context.patroni_scope = inventory.patroni_scope;
    context.patroni_namespace = inventory.patroni_namespace;
    context.patroni = rest(inventory.patroni, secrets.patroni);
    context.etcd = rest(inventory.etcd, secrets.etcd);
    return context;
}

void know_addresses(std::vector<ProbeNode>& nodes, ClusterView const& view,
                    std::stop_token const& stop) {
    for (ProbeNode& node : nodes)
        if (NodeView const* const seen = view.node(node.name))
            for (std::string const& address : seen->addresses) add_address(node, address);
    resolve_addresses(nodes, resolving_patience, stop);
}

std::vector<std::string> node_names(Inventory const& inventory) {
    std::vector<std::string> names;
    names.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes) names.push_back(node.name);
    return names;
}

std::vector<Consent> ask_consent(Fleet& fleet, Inventory const& inventory, std::stop_token stop) {
    std::vector<Fleet::Task> commands;
    commands.reserve(inventory.nodes.size());
    for (InventoryNode const& node : inventory.nodes)
        commands.push_back({node.name, RemoteCommand{.argv = {"cat", std::string(consent_file)}}});
    auto const results = fleet.run_all(commands, std::move(stop));
    std::vector<Consent> answers;
    answers.reserve(results.size());
    for (std::size_t index = 0; index < results.size(); ++index) {
        answers.push_back(
            {.node = commands[index].node, .refusal = refusal(inventory.cluster, results[index])});
        if (!results[index]) answers.back().no_session = results[index].error().kind;
    }
    return answers;
}

Status connect_and_check_consent(Fleet& fleet, Inventory const& inventory, std::stop_token stop) {
    std::string refusals;
    Error::Kind kind = Error::Kind::refused;
    for (Consent const& answer : ask_consent(fleet, inventory, std::move(stop))) {
        if (answer.refusal.empty()) continue;
        refusals +=
            fmt::format("{}{}: {}", refusals.empty() ? "" : "\n", answer.node, answer.refusal);
        kind = answer.no_session.value_or(kind);
    }
    if (!refusals.empty()) return fail(kind, refusals);
    return {};
}

}  // namespace interregnum
