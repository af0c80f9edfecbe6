// SPDX-License-Identifier: MIT
#include "tests/unit/fitness/good_cluster.h"

#include <algorithm>

namespace interregnum::test {

namespace {

constexpr std::string_view database = R"(setting.fsync=on
setting.full_page_writes=on
setting.data_checksums=on
setting.wal_log_hints=off
setting.synchronous_commit=on
setting.TimeZone=Etc/UTC
setting.log_timezone=UTC
setting.archive_mode=on
setting.wal_segment_size=16777216
setting.max_connections=220
setting.max_wal_senders=10
setting.max_slot_wal_keep_size=2048
setting.tcp_user_timeout=30000
setting.tcp_keepalives_idle=60
setting.statement_timeout=0
asked=setting
role_setting=app		work_mem=4MB
asked=role_setting
rewinder=postgres
rewinder=rewinder
asked=rewinder
slot=db2	physical	t	0	reserved
asked=slot
archiver=0	f	60
asked=archiver
collation=shop	2.36	2.36
asked=collation
id=shop	sequence public.orders_id_seq	1000	9223372036854775807
asked=id
os.libc=glibc 2.36
asked=os
disk.data=40
disk.wal=10
asked=disk
yaml.etcd3=
yaml.watchdog.mode=required
yaml.postgresql.authentication.rewind.username=rewinder
asked=yaml
watchdog.held=yes
watchdog.device=yes
asked=watchdog
redis.maxmemory=1073741824
redis.maxmemory-policy=noeviction
redis.min-replicas-to-write=1
redis.min-replicas-max-lag=10
redis.repl-backlog-size=67108864
redis.appendonly=yes
redis.appendfsync=everysec
asked=redis
sentinel.num-other-sentinels=2
sentinel.quorum=2
sentinel.down-after-milliseconds=5000
sentinel.ckquorum=OK 3 usable Sentinels. Quorum and failover authorization can be reached
asked=sentinel
)";

constexpr std::string_view everywhere = R"(sysctl.tcp_retries2=8
sysctl.tcp_keepalive_time=60
asked=sysctl
timekeeper.synchronised=yes
asked=timekeeper
clock.offset_us=1200
clock.error_us=300
asked=clock
)";

constexpr std::string_view balancer = R"(haproxy.line=global
haproxy.line=defaults
haproxy.line=    timeout client 30m
haproxy.line=    timeout server 30m
haproxy.line=    timeout connect 4s
haproxy.line=    timeout server-fin 3s
haproxy.line=listen write
haproxy.line=    bind *:5000
haproxy.line=    option httpchk OPTIONS /primary
haproxy.line=    default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions
haproxy.line=    server db1 10.0.0.1:5432 maxconn 100 check port 8008
haproxy.line=    server db2 10.0.0.2:5432 maxconn 100 check port 8008
haproxy.line=frontend read
haproxy.line=    bind 10.0.0.9:5001,:5002
haproxy.line=    default_backend replicas
haproxy.line=backend replicas
haproxy.line=    option httpchk
haproxy.line=    http-check send meth GET uri /replica?lag=10MB
haproxy.line=    default-server check port 8008
haproxy.line=    server db1 10.0.0.1:5432
haproxy.line=listen cache
haproxy.line=    bind :6379
haproxy.line=    option tcp-check
haproxy.line=    tcp-check expect min-recv 32 string role:master
haproxy.line=    server db1 10.0.0.1:6379 check rise 2 on-marked-down shutdown-sessions
asked=haproxy
)";

void take_services(FitnessFacts& facts, bool leader) {
    take_json(facts, "patroni",
              leader ? R"({"state": "running", "role": "primary", "timeline": 3,
                  "server_version": 160004, "patroni": {"version": "4.1.4"}})"
                     : R"({"state": "running", "role": "replica", "timeline": 3,
                  "server_version": 160004, "patroni": {"version": "4.1.4"}})");
    take_json(facts, "etcd",
              leader ? R"({"header": {"member_id": "1"}, "leader": "2",
                  "version": "3.5.9", "dbSize": "40960"})"
                     : R"({"header": {"member_id": "2"}, "leader": "2",
                  "version": "3.5.9", "dbSize": "40960"})");
    take_json(facts, "etcdmembers", R"({"members": [{"ID": "1"}, {"ID": "2"}, {"ID": "3"}]})");
}

}  // namespace

ClusterFacts good_cluster() {
    ClusterFacts facts{.leader = "db1",
                       .redis_expected = true,
                       .write_ports = {5000},
                       .read_ports = {5002},
                       .cache_ports = {6379}};
    for (char const* name : {"db1", "db2", "db3"}) {
        FitnessNode node{.name = name, .group = "db", .facts = {}};
        take_lines(node.facts, database);
        take_lines(node.facts, everywhere);
        take_services(node.facts, facts.leader == name);
        facts.nodes.push_back(std::move(node));
    }
    for (char const* name : {"app1", "app2"}) {
        FitnessNode node{.name = name, .group = "app", .facts = {}};
        take_lines(node.facts, balancer);
        take_lines(node.facts, everywhere);
        facts.nodes.push_back(std::move(node));
    }
    take_json(facts.whole, "config", R"({"ttl": 30, "loop_wait": 10, "retry_timeout": 10,
        "maximum_lag_on_failover": 33554432, "primary_start_timeout": 30, "failsafe_mode": true,
        "synchronous_mode": true, "synchronous_mode_strict": true,
        "postgresql": {"use_pg_rewind": true}})");
    take_json(facts.whole, "cluster", R"({"members": [{"name": "db1", "role": "leader"}]})");
    return facts;
}

FitnessFacts& facts_of(ClusterFacts& facts, std::string_view node) {
    if (node.empty()) return facts.whole;
    auto const found = std::ranges::find(facts.nodes, node, &FitnessNode::name);
    EXPECT_NE(found, facts.nodes.end()) << node;
    return found->facts;
}

ClusterFacts with(ClusterFacts facts, std::string_view node, std::string_view key,
                  std::string_view value) {
    facts_of(facts, node).replace(key, value);
    return facts;
}

ClusterFacts without(ClusterFacts facts, std::string_view node, std::string_view source) {
    facts_of(facts, node).not_known(source, "nobody answered");
    return facts;
}

ItemResult judged(std::string_view item, ClusterFacts const& facts) {
    ItemResult result;
    FitnessItem const* found = Registry<FitnessItem>::find(item);
    EXPECT_NE(found, nullptr) << item;
    if (found != nullptr) found->judge(facts, result);
    return result;
}

void expect_found(std::string_view item, ClusterFacts const& facts, Severity severity,
                  std::string_view words, std::string_view remedy) {
    std::string said;
    ItemResult const result = judged(item, facts);
    for (FitnessFinding const& one : result.findings()) {
        EXPECT_FALSE(one.consequence.empty()) << one.found;
        EXPECT_FALSE(one.remedy.empty()) << one.found;
        if (one.severity == severity && one.found.contains(words) && one.remedy.contains(remedy))
            return;
        said += std::string(to_string(one.severity)) + " " + one.found + " / " + one.remedy + "\n";
    }
    ADD_FAILURE() << item << " does not say \"" << words << "\" but:\n" << said;
}

void expect_good(std::string_view item, ClusterFacts const& facts) {
    ItemResult const result = judged(item, facts);
    for (FitnessFinding const& one : result.findings()) ADD_FAILURE() << item << ": " << one.found;
    for (std::string const& why : result.not_known()) ADD_FAILURE() << item << ": " << why;
}

void expect_unknown(std::string_view item, ClusterFacts const& facts, std::string_view words) {
    ItemResult const result = judged(item, facts);
    for (FitnessFinding const& one : result.findings()) ADD_FAILURE() << item << ": " << one.found;
    std::string said;
    for (std::string const& why : result.not_known()) said += why + "\n";
    EXPECT_TRUE(said.contains(words)) << item << ": " << said;
}

}  // namespace interregnum::test
