// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

std::string sentinel_conf(NodeConfigInput const& input) {
    Options const& v = input.settings.values;
    auto const ms = [&v](std::string_view name) {
        return std::chrono::ceil<std::chrono::milliseconds>(v.duration(name)).count();
    };
    auto const nodes = db_nodes();
    std::string text =
        fmt::format(R"(bind 0.0.0.0
protected-mode no
port 26379
pidfile /run/sentinel/redis-sentinel.pid
logfile ""
dir /var/lib/redis
sentinel announce-ip {address}
sentinel deny-scripts-reconfig yes
sentinel monitor {master} {first} 6379 2
sentinel auth-pass {master} {password}
sentinel down-after-milliseconds {master} {down_after}
sentinel failover-timeout {master} {failover}
sentinel parallel-syncs {master} {syncs}
)",
                    fmt::arg("address", input.node.address), fmt::arg("master", lab_scope),
                    fmt::arg("first", nodes.front().address),
                    fmt::arg("password", input.secrets.redis.reveal()),
                    fmt::arg("down_after", ms("redis.down_after")),
                    fmt::arg("failover", ms("redis.failover_timeout")),
                    fmt::arg("syncs", v.integer("redis.parallel_syncs")));
    // As a Sentinel writes it itself once it has seen the replicas. Without these lines it asks
    // the master for them when it starts (too early) and then ten seconds later.
    for (LabNode const& node : nodes)
        if (node.name != nodes.front().name)
            text += fmt::format("sentinel known-replica {} {} 6379\n", lab_scope, node.address);
    return text;
}

}  // namespace interregnum
