// SPDX-License-Identifier: MIT
#include "harness/cluster/view.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/cluster/routing.h"

namespace interregnum {

namespace {

bool has_role(NodeView const& node, std::string_view role) {
    if (role == "leader") return node.patroni_answers && node.role == "leader";
    if (role == "replica")
        return node.patroni_answers && !node.role.empty() && node.role != "leader";
    if (role == "sync_standby")
        return node.patroni_answers &&
               (node.role == "sync_standby" || node.role == "quorum_standby");
    if (role == "redis_master") return node.redis_answers && node.redis_role == "master";
    if (role == "redis_replica") return node.redis_answers && node.redis_role == "slave";
    if (role == "sentinel") return node.sentinel_answers;
    if (role == "haproxy") return node.haproxy_answers;
    if (role == "dcs_leader") return node.etcd_leader;
    if (role == "all_db") return node.group == "db";
    if (role == "all_app") return node.group == "app";
    return false;
}

void judge_members(ClusterView const& view, std::int64_t lag_limit_bytes,
                   std::vector<std::string>& reasons) {
    auto const leaders = std::ranges::count_if(
        view.nodes, [](NodeView const& node) { return has_role(node, "leader"); });
    if (leaders != 1) {
        reasons.push_back(fmt::format("{} leaders (expected 1)", leaders));
        return;
    }
    NodeView const& leader = *view.leader();
    if (leader.state != "running")
        reasons.push_back(
            fmt::format("the leader {} is \"{}\" (expected running)", leader.name, leader.state));
    bool synchronous_standby = false;
    for (NodeView const& node : view.nodes) {
        if (node.group != "db" || &node == &leader) continue;
        synchronous_standby = synchronous_standby || has_role(node, "sync_standby");
        bool const streams = node.state == "streaming" || node.state == "running";
        if (!node.patroni_answers) {
            reasons.push_back("Patroni on " + node.name + " does not answer");
        } else if (!streams || node.timeline != leader.timeline) {
            reasons.push_back(fmt::format("{} is \"{}\" on timeline {} (leader {} is on {})",
                                          node.name, node.state, node.timeline, leader.name,
                                          leader.timeline));
        } else if (node.lag_bytes < 0 || node.lag_bytes > lag_limit_bytes) {
            reasons.push_back(node.lag_bytes < 0
                                  ? fmt::format("the lag of {} is not known yet", node.name)
                                  : fmt::format("{} is {} bytes behind (limit {})", node.name,
                                                node.lag_bytes, lag_limit_bytes));
        }
    }
    if (view.synchronous && !synchronous_standby)
        reasons.emplace_back("no synchronous standby, although synchronous_mode is on");
}

void judge_redis(ClusterView const& view, std::vector<std::string>& reasons) {
    std::string master;
    std::int64_t replicas_expected = -1;
    for (NodeView const& node : view.nodes) {
        if (node.group != "db") continue;
        ++replicas_expected;
        if (!node.redis_answers) {
            reasons.push_back("Redis on " + node.name + " does not answer");
            continue;
        }
        if (node.redis_role == "slave" && node.redis_link != "connected")
            reasons.push_back(fmt::format("Redis on {} is not connected to its master (\"{}\")",
                                          node.name, node.redis_link));
        if (node.redis_role != "master") continue;
        if (!master.empty())
            reasons.push_back(fmt::format("two Redis masters: {} and {}", master, node.name));
        master = node.name;
    }
    for (NodeView const& node : view.nodes) {
        if (node.group != "db") continue;
        if (node.name == master && node.redis_replicas < replicas_expected)
            reasons.push_back(fmt::format("the Redis master {} has {} of {} replicas", node.name,
                                          node.redis_replicas, replicas_expected));
        if (!node.sentinel_answers) {
            reasons.push_back("the Sentinel on " + node.name + " does not answer");
        } else if (node.sentinel_master != master) {
            reasons.push_back(fmt::format("the Sentinel on {} names {} as master, the master is {}",
                                          node.name, node.sentinel_master,
                                          master.empty() ? "nobody" : master));
        }
    }
}

}  // namespace

NodeView const* ClusterView::node(std::string_view name) const {
    auto const found = std::ranges::find(nodes, name, &NodeView::name);
    return found == nodes.end() ? nullptr : &*found;
}

NodeView const* ClusterView::leader() const {
    auto const found =
        std::ranges::find_if(nodes, [](NodeView const& node) { return has_role(node, "leader"); });
    return found == nodes.end() ? nullptr : &*found;
}

std::vector<std::string> const& role_names() {
    static std::vector<std::string> const names{
        "leader",   "replica", "sync_standby", "redis_master", "redis_replica",
        "sentinel", "haproxy", "dcs_leader",   "all_db",       "all_app"};
    return names;
}

std::vector<std::string> resolve_role(ClusterView const& view, std::string_view role) {
    constexpr std::string_view any = "any:";
    if (role.starts_with(any)) {
        auto const all = resolve_role(view, role.substr(any.size()));
        if (all.empty()) return {};
        return {all[view.draw % all.size()]};
    }
    if (view.node(role) != nullptr) return {std::string(role)};
    std::vector<std::string> names;
    for (NodeView const& node : view.nodes)
        if (has_role(node, role)) names.push_back(node.name);
    std::ranges::sort(names);
    return names;
}

namespace {

/// A HAProxy that has just started takes every server for good until it has asked each, and sends
/// customers to any of them: only what all HAProxies see alike is seen. Servers that somebody took
/// out by hand are not compared.
void judge_balancers(ClusterView const& view, std::vector<std::string>& reasons) {
    auto const is = [](BackendView const& server, std::string_view status) {
        return server.status.starts_with(status);
    };
    for (BackendView const& up : view.backends)
        for (BackendView const& down : view.backends)
            if (is(up, "UP") && is(down, "DOWN") && up.backend == down.backend &&
                up.server == down.server)
                reasons.push_back(fmt::format("HAProxy on {} has {} of {} up, on {} down", up.app,
                                              up.server, up.backend, down.app));
}

}  // namespace

std::vector<std::string> not_redundant_because(ClusterView const& view,
                                               std::int64_t lag_limit_bytes) {
    std::vector<std::string> reasons;
    judge_members(view, lag_limit_bytes, reasons);
    if (view.redis_expected) judge_redis(view, reasons);
    std::int64_t etcd_members = 0;
    for (NodeView const& node : view.nodes) {
        if (node.group == "app" && !node.haproxy_answers)
            reasons.push_back("HAProxy on " + node.name + " does not answer");
        if (node.group == "db" && !node.etcd_healthy)
            reasons.push_back("etcd on " + node.name + " does not answer or has no leader");
        etcd_members += node.etcd_leader ? 1 : 0;
    }
    judge_balancers(view, reasons);
    std::ranges::move(misrouted(view), std::back_inserter(reasons));
    if (etcd_members != 1)
        reasons.push_back(fmt::format("{} etcd leaders (expected 1)", etcd_members));
    return reasons;
}

}  // namespace interregnum
