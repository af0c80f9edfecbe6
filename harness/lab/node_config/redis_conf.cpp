// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/lab/node_config/node_config.h"

namespace interregnum {

std::string redis_conf(NodeConfigInput const& input) {
    Options const& v = input.settings.values;
    auto const seconds = [&v](std::string_view name) {
        return std::chrono::ceil<std::chrono::seconds>(v.duration(name)).count();
    };
    std::string text = fmt::format(
        R"(bind 0.0.0.0
protected-mode no
port 6379
tcp-keepalive 300
pidfile /run/redis/redis-server.pid
loglevel notice
logfile ""
dir /var/lib/redis
dbfilename dump.rdb
requirepass {password}
masterauth {password}
replica-announce-ip {address}
repl-diskless-sync-delay {sync_delay}
min-replicas-to-write {min_replicas}
min-replicas-max-lag {max_lag}
appendonly {appendonly}
appendfsync {appendfsync}
)",
        fmt::arg("password", input.secrets.redis.reveal()), fmt::arg("address", input.node.address),
        fmt::arg("sync_delay", seconds("redis.repl_diskless_sync_delay")),
        fmt::arg("min_replicas", v.integer("redis.min_replicas_to_write")),
        fmt::arg("max_lag", seconds("redis.min_replicas_max_lag")),
        fmt::arg("appendonly", v.flag("redis.appendonly") ? "yes" : "no"),
        fmt::arg("appendfsync", v.text("redis.appendfsync")));
    LabNode const first = db_nodes().front();
    if (input.node.name != first.name) text += fmt::format("replicaof {} 6379\n", first.address);
    return text;
}

}  // namespace interregnum
