// SPDX-License-Identifier: MIT
#include "harness/lab/health.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "harness/lab/health_parse.h"
#include "harness/lab/layout.h"
#include "harness/lab/node_config/node_config.h"
#include "harness/lab/wire.h"

namespace interregnum {
namespace {

std::string ask_etcd() {
    for (LabNode const& node : db_nodes()) {
        auto const answer = http_get(std::string(node.address), 2379, "/health");
        if (!answer || answer->find("true") == std::string::npos)
            return fmt::format("etcd on {} is not healthy", node.name);
    }
    return "";
}

std::string find_leader_now() {
    for (LabNode const& node : db_nodes()) {
        auto const answer = http_get(std::string(node.address), 8008, "/cluster");
        if (!answer) continue;
        if (auto leader = find_leader(*answer); !leader.empty()) return leader;
    }
    return "";
}

std::string ask_patroni(bool synchronous, std::string& leader) {
    leader = find_leader_now();
    LabNode const* const node = find_lab_node(leader);
    if (node == nullptr) return "PostgreSQL has no leader";
    auto const answer = http_get(std::string(node->address), 8008, "/patroni");
    if (!answer) return answer.error().message;
    Streaming const streaming = count_streaming(*answer);
    if (streaming.replicas < 2)
        return fmt::format("{} of 2 replicas of {} stream", streaming.replicas, leader);
    if (synchronous && streaming.synchronous < 1) return "PostgreSQL has no synchronous standby";
    return "";
}

/// A Redis or Sentinel command and a PING, whose answer shows the end of the first one's. (A
/// Sentinel knows no QUIT.)
Result<std::vector<std::string>> redis_command(std::string_view address, std::uint16_t port,
                                               std::string const& commands) {
    auto const answer = ask({.address = std::string(address),
                             .port = port,
                             .text = commands + "\r\nPING\r\n",
                             .enough = [](auto text) { return text.ends_with("+PONG\r\n"); }});
    if (!answer) return std::unexpected(answer.error());
    return flatten_resp(*answer);
}

std::string check_sentinel(LabNode const& node, std::string& master) {
    auto const flat = redis_command(node.address, 26379, "SENTINEL MASTERS");
    if (!flat) return flat.error().message;
    auto pairs = resp_pairs(*flat);
    if (pairs["flags"] != "master")
        return fmt::format("Sentinel on {} sees its master as \"{}\"", node.name, pairs["flags"]);
    if (pairs["num-slaves"] != "2" || pairs["num-other-sentinels"] != "2")
        return fmt::format("Sentinel on {} knows {} of 2 replicas, {} of 2 other Sentinels",
                           node.name, pairs["num-slaves"], pairs["num-other-sentinels"]);
    if (!master.empty() && master != pairs["ip"]) return "the Sentinels disagree on the master";
    master = pairs["ip"];
    auto const replicas =
        redis_command(node.address, 26379, fmt::format("SENTINEL REPLICAS {}", lab_scope));
    if (!replicas) return replicas.error().message;
    if (std::ranges::count(*replicas, "slave") < 2)
        return fmt::format("Sentinel on {} does not reach both replicas", node.name);
    return "";
}

std::string ask_redis(std::string const& password, std::string& master) {
    std::string address;
    for (LabNode const& node : db_nodes())
        if (auto missing = check_sentinel(node, address); !missing.empty()) return missing;
    auto const role =
        redis_command(address, 6379, fmt::format("AUTH {}\r\nINFO replication", password));
    if (!role) return role.error().message;
    auto const online = std::ranges::count_if(
        *role, [](auto const& line) { return line.find("state=online") != std::string::npos; });
    if (online != 2) return fmt::format("{} of 2 replicas of Redis are online", online);
    for (LabNode const& node : db_nodes())
        if (node.address == address) master = node.name;
    return "";
}

std::string check_haproxy(LabNode const& node, LabHealth const& health) {
    auto const csv = http_get(std::string(node.address), 7000, "/;csv");
    if (!csv) return csv.error().message;
    if (servers_up(*csv, "postgres_write") != std::vector{health.leader})
        return fmt::format("HAProxy on {} does not route writes to {} alone", node.name,
                           health.leader);
    if (servers_up(*csv, "redis_master") != std::vector{health.redis_master})
        return fmt::format("HAProxy on {} does not route to Redis on {} alone", node.name,
                           health.redis_master);
    auto const readable = servers_up(*csv, "postgres_read").size();
    if (readable != 2)
        return fmt::format("HAProxy on {} sees {} of 2 replicas", node.name, readable);
    return "";
}

void ask_everybody(LabHealth& health, bool synchronous, std::string const& password) {
    if (auto const entered = enter_lab_network(); !entered) {
        health.etcd = entered.error().message;
        return;
    }
    health.etcd = ask_etcd();
    health.postgres = ask_patroni(synchronous, health.leader);
    health.redis = ask_redis(password, health.redis_master);
    for (LabNode const& node : lab_nodes())
        if (!node.is_db && health.haproxy.empty()) health.haproxy = check_haproxy(node, health);
}

}  // namespace

std::string LabHealth::first_missing() const {
    for (std::string const* text : {&etcd, &postgres, &redis, &haproxy})
        if (!text->empty()) return *text;
    return "";
}

LabHealth ask_health(bool synchronous, std::string const& redis_password) {
    LabHealth health;
    // A thread of its own: the network namespace belongs to a thread, and ours stays where it is.
    std::jthread([&] { ask_everybody(health, synchronous, redis_password); }).join();
    return health;
}

bool ask_leader() {
    bool found = false;
    std::jthread([&found] {
        found = enter_lab_network().has_value() && !find_leader_now().empty();
    }).join();
    return found;
}

void wake_patroni() {
    // Removing a key that is not there leaves the configuration as it is and runs Patroni's loop.
    constexpr std::string_view patch = R"({"interregnum": null})";
    std::jthread([patch] {
        if (!enter_lab_network()) return;
        for (LabNode const& node : db_nodes())
            static_cast<void>(ask({.address = std::string(node.address),
                                   .port = 8008,
                                   .text = fmt::format("PATCH /config HTTP/1.0\r\n"
                                                       "Content-Type: application/json\r\n"
                                                       "Content-Length: {}\r\n\r\n{}",
                                                       patch.size(), patch)}));
    }).join();
}

}  // namespace interregnum
