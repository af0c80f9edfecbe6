// SPDX-License-Identifier: MIT
#include "harness/lab/settings.h"

namespace interregnum {

std::vector<OptionSpec> const& lab_settings_table() {
    using enum OptionType;
    static std::vector<OptionSpec> const table{
        {"patroni.ttl", integer, "30",
         "seconds after which a leader that is silent loses its lock"},
        {"patroni.loop_wait", integer, "10", "seconds between two rounds of Patroni"},
        {"patroni.retry_timeout", integer, "10", "seconds Patroni retries etcd and PostgreSQL"},
        {"patroni.maximum_lag_on_failover", bytes, "1MiB", "more lag than this: no candidate"},
        {"patroni.primary_start_timeout", integer, "300",
         "seconds a crashed primary may take to start before another is promoted; 0: at once"},
        {"patroni.primary_stop_timeout", integer, "0", "seconds to stop a primary; 0: no limit"},
        {"patroni.synchronous_mode", flag, "false", "commits wait for a synchronous standby"},
        {"patroni.synchronous_mode_strict", flag, "false", "no standby: no writes"},
        {"patroni.synchronous_node_count", integer, "1", "synchronous standbys wanted"},
        {"patroni.failsafe_mode", flag, "false", "keep the leader while etcd is away"},
        {"patroni.use_pg_rewind", flag, "true", "rewind a former leader, not copy it anew"},
        {"patroni.use_slots", flag, "true", "a replication slot for each member"},
        {"redis.down_after", duration, "30s", "silence after which a Sentinel thinks Redis down"},
        {"redis.failover_timeout", duration, "3m", "Sentinel's failover-timeout"},
        {"redis.parallel_syncs", integer, "1", "replicas that resync at a time after a failover"},
        {"redis.min_replicas_to_write", integer, "0", "fewer replicas than this: no writes"},
        {"redis.min_replicas_max_lag", duration, "10s", "older than this: not counted as replica"},
        {"redis.appendonly", flag, "false", "write every command to the append-only file"},
        {"redis.appendfsync",
         text,
         "everysec",
         "when that file is synced",
         {"always", "everysec", "no"}},
        {"redis.repl_diskless_sync_delay", duration, "5s", "wait for more replicas before a sync"},
        {"haproxy.inter", duration, "3s", "between two checks of a server"},
        {"haproxy.fastinter", duration, "", "the same while a server changes its state"},
        {"haproxy.fall", integer, "3", "failed checks until a server is down"},
        {"haproxy.rise", integer, "2", "good checks until a server is up"},
        {"haproxy.timeout_connect", duration, "4s", "to open a connection to a server"},
        {"haproxy.timeout_server_fin", duration, "3s",
         "for a server to close what its client has closed"},
        {"haproxy.timeout_check", duration, "5s", "for the answer to a check"},
        {"haproxy.shutdown_sessions", flag, "true", "cut sessions to a server marked down"},
        {"etcd.heartbeat_interval", duration, "100ms", "etcd's heartbeat-interval"},
        {"etcd.election_timeout", duration, "1s", "etcd's election-timeout"},
        {"lab.db_disk", bytes, "2GiB", "size of each database node's disk, in memory"},
    };
    return table;
}

}  // namespace interregnum
