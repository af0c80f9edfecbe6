// SPDX-License-Identifier: MIT
// What makes Redis, Sentinel, etcd, kernels and clocks fit for production: good, bad, unknown.
#include "tests/unit/fitness/good_cluster.h"

namespace interregnum::test {
namespace {

using enum Severity;

TEST(FitnessRedis, ThrowsNothingAway) {
    char const* item = "redis.memory";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db1", "redis.maxmemory-policy", "allkeys-lru"), stop,
                 "db1: maxmemory-policy is allkeys-lru", "noeviction");
    expect_found(item, with(good_cluster(), "db1", "redis.maxmemory-policy", "volatile-ttl"), warn,
                 "volatile-ttl");
    expect_found(item, with(good_cluster(), "db1", "redis.maxmemory", "0"), warn, "no limit");
    expect_unknown(item, without(good_cluster(), "db1", "redis"), "db1");
    ClusterFacts none = without(good_cluster(), "db1", "redis");
    none.redis_expected = false;
    for (char const* one : {"redis.memory", "redis.replication", "redis.persistence",
                            "redis.sentinel", "haproxy.cache"})
        expect_good(one, none);
}

TEST(FitnessRedis, AMasterThatIsCutOffStops) {
    char const* item = "redis.replication";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db2", "redis.min-replicas-to-write", "0"), warn,
                 "db2: min-replicas-to-write is 0");
    expect_found(item, with(good_cluster(), "db2", "redis.repl-backlog-size", "1048576"), note,
                 "repl-backlog-size");
    expect_unknown(item, without(good_cluster(), "db2", "redis"), "db2");
}

TEST(FitnessRedis, ComesBackWithWhatItHad) {
    char const* item = "redis.persistence";
    expect_good(item, good_cluster());
    ClusterFacts const off = with(good_cluster(), "db1", "redis.appendonly", "no");
    expect_found(item, off, warn, "no snapshots");
    expect_found(item, with(off, "db1", "redis.save", "3600 1"), note, "save 3600 1");
    expect_found(item, with(good_cluster(), "db1", "redis.appendfsync", "no"), note, "appendfsync");
    expect_unknown(item, without(good_cluster(), "db1", "redis"), "db1");
}

TEST(FitnessRedis, EnoughSentinels) {
    char const* item = "redis.sentinel";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db1", "sentinel.num-other-sentinels", "1"), stop,
                 "knows of 2 in all");
    expect_found(item, with(good_cluster(), "db1", "sentinel.quorum", "1"), warn,
                 "quorum is 1 of 3");
    // All together say that all is well as long as none is gone.
    expect_found(item, with(good_cluster(), "db1", "sentinel.quorum", "3"), stop,
                 "quorum is 3 of 3", "quorum 2");
    expect_found(item, with(good_cluster(), "db1", "sentinel.ckquorum", "NOQUORUM 1 usable"), stop,
                 "NOQUORUM");
    expect_found(item, with(good_cluster(), "db1", "sentinel.down-after-milliseconds", "30000"),
                 note, "30000");
    expect_unknown(item, without(good_cluster(), "db1", "sentinel"), "db1");
}

TEST(FitnessEtcd, AnOddNumberOfMembers) {
    char const* item = "etcd.members";
    expect_good(item, good_cluster());
    ClusterFacts four = good_cluster();
    for (char const* node : {"db1", "db2", "db3"})
        facts_of(four, node).add("etcdmembers.members.ID", "4");
    expect_found(item, four, warn, "4 members, an even number");
    ClusterFacts one = good_cluster();
    for (char const* node : {"db1", "db2", "db3"})
        one = with(one, node, "etcdmembers.members.ID", "1");
    expect_found(item, one, stop, "etcd has 1 members");
    ClusterFacts lost = good_cluster();
    for (char const* node : {"db1", "db2"}) lost = with(lost, node, "etcd.leader", "");
    expect_found(item, lost, stop, "1 of 3 members of etcd are seen well");
    // Of seven members four are on other servers.
    ClusterFacts seven = good_cluster();
    for (char const* node : {"db1", "db2", "db3"})
        for (char const* id : {"4", "5", "6", "7"})
            facts_of(seven, node).add("etcdmembers.members.ID", id);
    expect_good(item, seven);
    expect_found(item, with(good_cluster(), "db2", "etcd.version", "3.4.2"), warn, "versions");
    expect_unknown(item, without(good_cluster(), "db3", "etcd"), "db3");
}

TEST(FitnessEtcd, ItsLeaderIsElsewhere) {
    expect_good("etcd.leader", good_cluster());
    expect_found("etcd.leader", with(good_cluster(), "db1", "etcd.leader", "1"), note,
                 "db1 leads both");
    expect_unknown("etcd.leader", without(good_cluster(), "db1", "etcd"), "db1");
}

TEST(FitnessEtcd, RoomInTheStore) {
    expect_good("etcd.store", good_cluster());
    expect_found("etcd.store", with(good_cluster(), "db1", "etcd.dbSize", "2000000000"), warn,
                 "1907 MiB");
    expect_found("etcd.store", with(good_cluster(), "db1", "etcd.errors", "NOSPACE"), warn,
                 "NOSPACE");
    expect_unknown("etcd.store", without(good_cluster(), "db2", "etcd"), "db2");
}

TEST(FitnessKernel, DeadConnectionsAreNoticed) {
    expect_good("kernel.tcp", good_cluster());
    ClusterFacts const app = with(good_cluster(), "app2", "sysctl.tcp_retries2", "15");
    expect_found("kernel.tcp", app, warn, "on app2", "tcp_retries2=8");
    // PostgreSQL bounds its own side.
    expect_good("kernel.tcp", with(good_cluster(), "db1", "sysctl.tcp_retries2", "15"));
    expect_found("kernel.tcp",
                 with(with(good_cluster(), "db1", "sysctl.tcp_retries2", "15"), "db1",
                      "setting.tcp_user_timeout", "0"),
                 warn, "on db1");
    expect_found("kernel.tcp", with(good_cluster(), "app1", "sysctl.tcp_keepalive_time", "7200"),
                 note, "app1");
    expect_unknown("kernel.tcp", with(good_cluster(), "app1", "sysctl.tcp_retries2", ""), "app1");
    expect_unknown("kernel.tcp", without(good_cluster(), "app1", "sysctl"), "app1");
}

TEST(FitnessClock, NodesAgree) {
    expect_good("clock.offset", good_cluster());
    expect_found("clock.offset", with(good_cluster(), "db3", "clock.offset_us", "-90000"), warn,
                 "db1 and db3 are 0.091 s apart");
    // Both near to db1's, and far from each other.
    expect_found("clock.offset",
                 with(with(good_cluster(), "db2", "clock.offset_us", "41200"), "db3",
                      "clock.offset_us", "-38800"),
                 warn, "db2 and db3 are 0.080 s apart");
    // All alike is fine, whatever the controller's clock says.
    ClusterFacts shifted = good_cluster();
    for (FitnessNode& node : shifted.nodes) node.facts.replace("clock.offset_us", "9000000");
    expect_good("clock.offset", shifted);
    expect_unknown("clock.offset", with(good_cluster(), "db2", "clock.error_us", "80000"),
                   "too slow to tell");
    expect_unknown("clock.offset", without(good_cluster(), "db2", "clock"), "db2");
}

TEST(FitnessClock, SomethingKeepsThem) {
    expect_good("clock.synchronised", good_cluster());
    expect_found("clock.synchronised", with(good_cluster(), "db2", "timekeeper.synchronised", "no"),
                 warn, "db2");
    expect_unknown("clock.synchronised", without(good_cluster(), "db2", "timekeeper"), "db2");
}

}  // namespace
}  // namespace interregnum::test
