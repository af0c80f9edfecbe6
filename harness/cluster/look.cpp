// SPDX-License-Identifier: MIT
#include "harness/cluster/look.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "harness/cluster/addresses.h"
#include "harness/cluster/etcd.h"
#include "harness/cluster/haproxy.h"
#include "harness/cluster/http.h"
#include "harness/cluster/patroni.h"
#include "harness/cluster/sentinel.h"

namespace interregnum {

namespace {

/// What one node answered, or one service of it; put together by the caller.
struct Answers {
    NodeView view;
    std::optional<PatroniCluster> cluster;
    std::optional<PatroniConfig> config;
    std::vector<BackendView> backends;
    std::vector<std::string> problems;
};

class Asker {
public:
    Asker(Inventory const& inventory, ClusterSecrets const& secrets, Duration timeout,
          std::stop_token stop)
        : inventory_(inventory), secrets_(secrets), timeout_(timeout), stop_(std::move(stop)) {}

    Answers ask(InventoryNode const& node) const {
        Answers answers;
        answers.view.name = node.name;
        answers.view.address = node.address;
        answers.view.group = node.group;
        answers.view.addresses = node.addresses;
        if (node.group == "db") {
            // At once, or a node that is cut off would hold a look for as many timeouts as it has
            // services, and with it everything that waits for the cluster.
            Answers etcd;
            Answers redis;
            Answers sentinel;
            {
                std::jthread const ask_first([&] { ask_etcd(node, etcd); });
                std::jthread const ask_second([&] { ask_redis(node, redis); });
                std::jthread const ask_third([&] { ask_sentinel(node, sentinel); });
                ask_patroni(node, answers);
            }
            answers.view.etcd_leader = etcd.view.etcd_leader;
            answers.view.etcd_healthy = etcd.view.etcd_healthy;
            answers.view.redis_answers = redis.view.redis_answers;
            answers.view.redis_role = redis.view.redis_role;
            answers.view.redis_link = redis.view.redis_link;
            answers.view.redis_replicas = redis.view.redis_replicas;
            answers.view.sentinel_answers = sentinel.view.sentinel_answers;
            answers.view.sentinel_master = sentinel.view.sentinel_master;
            for (Answers const* one : {&etcd, &redis, &sentinel})
                answers.problems.insert(answers.problems.end(), one->problems.begin(),
                                        one->problems.end());
        } else {
            ask_haproxy(node, answers);
        }
        return answers;
    }

private:
    Result<HttpAnswer> rest(InventoryNode const& node, RestSettings const& settings,
                            Secret const& password, std::string path, std::string body) const {
        return http({.host = node.address,
                     .port = settings.port,
                     .path = std::move(path),
                     .body = std::move(body),
                     .timeout = timeout_,
                     .tls = settings.tls,
                     .cacert = settings.cacert,
                     .cert = settings.cert,
                     .key = settings.key,
                     .user = settings.user,
                     .password = password},
                    stop_);
    }

    void ask_patroni(InventoryNode const& node, Answers& answers) const {
        auto const get = [&](char const* path) {
            return rest(node, inventory_.patroni, secrets_.patroni, path, "");
        };
        auto const answer = get("/patroni");
        if (!answer) {
            answers.problems.push_back("Patroni on " + node.name + ": " + answer.error().message);
            return;
        }
        auto const status = parse_patroni_status(answer->body);
        if (!status) {
            answers.problems.push_back("Patroni on " + node.name + ": " + status.error().message);
            return;
        }
        answers.view.patroni_answers = true;
        answers.view.member = status->member.empty() ? node.name : status->member;
        answers.view.role = status->role;
        answers.view.state = status->state;
        answers.view.timeline = status->timeline;
        if (auto const rows = get("/cluster"); rows && rows->status == 200)
            if (auto parsed = parse_patroni_cluster(rows->body)) answers.cluster = *parsed;
        if (auto const config = get("/config"); config && config->status == 200)
            if (auto parsed = parse_patroni_config(config->body)) answers.config = *parsed;
    }

    void ask_etcd(InventoryNode const& node, Answers& answers) const {
        auto const answer =
            rest(node, inventory_.etcd, secrets_.etcd, std::string(etcd_status_path), "{}");
        auto const status = answer ? parse_etcd_status(answer->body)
                                   : Result<EtcdStatus>(std::unexpected(answer.error()));
        if (!status) {
            answers.problems.push_back("etcd on " + node.name + ": " + status.error().message);
            return;
        }
        answers.view.etcd_leader = status->leader;
        answers.view.etcd_healthy = status->has_leader;
    }

    void ask_redis(InventoryNode const& node, Answers& answers) const {
        if (inventory_.redis.master.empty()) return;
        RedisTarget const redis{.host = node.address,
                                .port = inventory_.redis.port,
                                .user = inventory_.redis.user,
                                .password = secrets_.redis,
                                .timeout = timeout_};
        if (auto const role = ask_redis_role(redis)) {
            answers.view.redis_answers = true;
            answers.view.redis_role = role->role;
            answers.view.redis_link = role->link;
            answers.view.redis_replicas = role->replicas;
        } else {
            answers.problems.push_back("Redis on " + node.name + ": " + role.error().message);
        }
    }

    void ask_sentinel(InventoryNode const& node, Answers& answers) const {
        if (inventory_.redis.master.empty()) return;
        RedisTarget const sentinel{.host = node.address,
                                   .port = inventory_.redis.sentinel_port,
                                   .user = inventory_.redis.user,
                                   .password = secrets_.redis,
                                   .timeout = timeout_};
        if (auto const master = ask_sentinel_master(sentinel, inventory_.redis.master)) {
            answers.view.sentinel_answers = true;
            answers.view.sentinel_master = *master;  // an address; named by the caller
        } else {
            answers.problems.push_back("Sentinel on " + node.name + ": " + master.error().message);
        }
    }

    void ask_haproxy(InventoryNode const& node, Answers& answers) const {
        auto const answer = http({.host = node.address,
                                  .port = inventory_.haproxy_stats_port,
                                  .path = "/;csv",
                                  .timeout = timeout_},
                                 stop_);
        auto const servers =
            answer ? parse_haproxy_stats(answer->body)
                   : Result<std::vector<HaproxyServer>>(std::unexpected(answer.error()));
        if (!servers) {
            answers.problems.push_back("HAProxy on " + node.name + ": " + servers.error().message);
            return;
        }
        answers.view.haproxy_answers = true;
        for (HaproxyServer const& server : *servers)
            answers.backends.push_back({.app = node.name,
                                        .backend = server.backend,
                                        .server = server.server,
                                        .status = server.status,
                                        .address = server.address,
                                        .backup = server.backup,
                                        .ports = server.ports});
    }

    Inventory const& inventory_;
    ClusterSecrets const& secrets_;
    Duration timeout_;
    std::stop_token stop_;
};

/// The fullest picture of the members: the leader's, else anybody's. A node cut off from the
/// others would otherwise tell a story of its own.
Answers const* best_witness(std::vector<Answers> const& all) {
    Answers const* best = nullptr;
    for (Answers const& answers : all) {
        if (!answers.cluster) continue;
        if (best == nullptr || answers.view.role == "leader") best = &answers;
    }
    return best;
}

void merge_members(ClusterView& view, std::vector<Answers> const& all) {
    Answers const* witness = best_witness(all);
    if (witness == nullptr) return;
    view.paused = witness->cluster->paused;
    for (PatroniMember const& member : witness->cluster->members) {
        for (NodeView& node : view.nodes) {
            bool const same = node.member == member.name || is_known_by(node, member.host) ||
                              node.name == member.name;
            if (node.group != "db" || !same) continue;
            node.member = member.name;
            add_address(node, member.host);
            // A node that does not answer keeps no role: the table still lists it for a while.
            if (!node.patroni_answers) continue;
            take_row(node, member);
        }
    }
}

ServicePorts ports_of(Inventory const& inventory) {
    ServicePorts ports{.ssh = inventory.ssh.port,
                       .postgres = inventory.postgres.port,
                       .patroni = inventory.patroni.port,
                       .etcd = inventory.etcd.port,
                       .redis = inventory.redis.port,
                       .sentinel = inventory.redis.sentinel_port};
    for (auto const* endpoints : {&inventory.write, &inventory.read, &inventory.cache})
        for (InventoryEndpoint const& one : *endpoints)
            if (std::ranges::find(ports.entries, one.port) == ports.entries.end())
                ports.entries.push_back(one.port);
    return ports;
}

std::vector<EntryView> entries_of(Inventory const& inventory) {
    std::vector<EntryView> entries;
    auto const add = [&](EntryView::Kind kind, std::vector<InventoryEndpoint> const& endpoints) {
        for (InventoryEndpoint const& one : endpoints)
            entries.push_back({.kind = kind, .host = one.host, .port = one.port});
    };
    add(EntryView::Kind::write, inventory.write);
    add(EntryView::Kind::read, inventory.read);
    add(EntryView::Kind::cache, inventory.cache);
    return entries;
}

void name_sentinel_masters(ClusterView& view) {
    for (NodeView& node : view.nodes)
        if (NodeView const* const master = find_by_address(view.nodes, node.sentinel_master))
            node.sentinel_master = master->name;
}

}  // namespace

void take_row(NodeView& node, PatroniMember const& row) {
    bool const was_leader = node.role == "leader";
    std::string const own_state = node.state;
    node.role = row.role;
    node.state = row.state;
    node.lag_bytes = row.lag_bytes;
    if (row.timeline != 0) node.timeline = row.timeline;
    if (own_state != "running") {
        node.state = own_state;
        if (node.role == "leader" && !was_leader) node.role = "replica";
    } else if (node.role == "leader" && !was_leader) {
        node.role = "replica";
        node.state = "not promoted yet";
    } else if (node.role != "leader" && was_leader) {
        node.state = "primary without the leader lock";
    }
}

Result<ClusterSecrets> read_secrets(Inventory const& inventory) {
    ClusterSecrets secrets;
    auto const read = [](SecretSource const& source, Secret& into) -> Status {
        auto secret = read_secret(source);
        if (!secret) return std::unexpected(secret.error());
        into = std::move(*secret);
        return {};
    };
    if (auto done = read(inventory.postgres.password, secrets.postgres); !done)
        return fail_in("postgres.password", done.error());
    if (auto done = read(inventory.redis.password, secrets.redis); !done)
        return fail_in("redis.password", done.error());
    if (auto done = read(inventory.patroni.password, secrets.patroni); !done)
        return fail_in("patroni.password", done.error());
    if (auto done = read(inventory.etcd.password, secrets.etcd); !done)
        return fail_in("etcd.password", done.error());
    return secrets;
}

ClusterView look_at_cluster(Inventory const& inventory, ClusterSecrets const& secrets,
                            Duration timeout, std::stop_token stop) {
    Asker const asker(inventory, secrets, timeout, std::move(stop));
    std::vector<Answers> all(inventory.nodes.size());
    {
        std::vector<std::jthread> threads;
        for (std::size_t index = 0; index < all.size(); ++index)
            threads.emplace_back([&, index] { all[index] = asker.ask(inventory.nodes[index]); });
    }
    ClusterView view;
    view.power = inventory.power;
    view.ports = ports_of(inventory);
    view.entries = entries_of(inventory);
    view.redis_master_name = inventory.redis.master;
    view.redis_expected = !inventory.redis.master.empty();
    for (Answers& answers : all) {
        view.nodes.push_back(answers.view);
        std::ranges::move(answers.backends, std::back_inserter(view.backends));
        std::ranges::move(answers.problems, std::back_inserter(view.problems));
        if (answers.config) {
            view.ttl = answers.config->ttl;
            view.loop_wait = answers.config->loop_wait;
            view.config_known = true;
            view.synchronous = answers.config->synchronous;
            view.strict = answers.config->strict;
            view.failsafe = answers.config->failsafe;
        }
    }
    merge_members(view, all);
    name_sentinel_masters(view);
    return view;
}

}  // namespace interregnum
