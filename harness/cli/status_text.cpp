// SPDX-License-Identifier: MIT
#include "harness/cli/status_text.h"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace interregnum {

namespace {

std::string or_dash(std::string const& text) { return text.empty() ? "-" : text; }

std::string database_line(NodeView const& node) {
    std::string const lag = node.lag_bytes < 0 ? "-" : fmt::format("{}", node.lag_bytes);
    std::string const timeline = node.timeline == 0 ? "-" : fmt::format("{}", node.timeline);
    std::string etcd = "down";
    if (node.etcd_healthy) etcd = node.etcd_leader ? "leader" : "follower";
    std::string const redis = node.redis_answers ? node.redis_role : "down";
    std::string const sentinel =
        node.sentinel_answers ? "names " + or_dash(node.sentinel_master) : "down";
    return fmt::format("  {:<8} {:<15} {:<13} {:<12} {:>8} {:>10}  {:<9} {:<8} {}\n", node.name,
                       node.address, node.patroni_answers ? or_dash(node.role) : "no answer",
                       or_dash(node.state), timeline, lag, etcd, redis, sentinel);
}

}  // namespace

std::string status_text(ClusterView const& view) {
    std::string text = fmt::format("  {:<8} {:<15} {:<13} {:<12} {:>8} {:>10}  {:<9} {:<8} {}\n",
                                   "node", "address", "role", "state", "timeline", "lag bytes",
                                   "etcd", "redis", "sentinel");
    for (NodeView const& node : view.nodes)
        if (node.group == "db") text += database_line(node);
    std::map<std::string, std::vector<std::string>> backends;  // by app and backend
    for (BackendView const& one : view.backends)
        backends[one.app + " " + one.backend].push_back(one.server + " " + one.status);
    for (auto const& [name, servers] : backends)
        text += fmt::format("  haproxy {}: {}\n", name, fmt::join(servers, ", "));
    for (NodeView const& node : view.nodes)
        if (node.group == "app" && !node.haproxy_answers)
            text += fmt::format("  haproxy {}: no answer\n", node.name);
    if (view.paused) text += "  Patroni is paused (maintenance mode)\n";
    auto const reasons = not_redundant_because(view, 1 << 20);
    if (reasons.empty()) return text + "redundant: yes\n";
    text += "redundant: NO\n";
    for (std::string const& reason : reasons) text += "  " + reason + "\n";
    return text;
}

}  // namespace interregnum
