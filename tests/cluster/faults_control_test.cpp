// SPDX-License-Identifier: MIT
// The control planes and the user's own commands on the lab: each fault's effect is seen by other
// means than its own evidence (from another node, through HAProxy's page), and gone afterwards.
#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;
using Findings = std::vector<std::string>;

/// redis-cli on one node with the Redis of another; "" when nothing came in time.
std::string redis(std::string const& from, std::string const& host, std::string const& command) {
    constexpr char const* script =
        "REDISCLI_AUTH=$(sed -n 's/^requirepass //p' /etc/redis/redis.conf | tr -d '\"') && "
        "export REDISCLI_AUTH && timeout -s KILL 1 redis-cli -h \"$1\" $2";
    std::string out = on_lab_node(from, {"sh", "-c", script, "sh", host, command}).out;
    while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
    return out;
}

bool accepts(std::string const& from, std::string const& endpoint) {
    constexpr char const* script =
        "exit !IO::Socket::INET->new(PeerAddr => $ARGV[0], Timeout => 2)";
    return on_lab_node(from, {"perl", "-MIO::Socket::INET", "-e", script, endpoint}).exit_status ==
           0;
}

class ControlFaults : public LabFaults {};

TEST_F(ControlFaults, MaintenanceModeIsSeenByPatroniAndEndedByAnyNode) {
    FaultTrial trial(bench(), R"({"fault": "patroni.pause", "lease": "3s"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(bench().look().paused);
    // The node that paused it is gone for good, so to say: the others' watchers end it.
    std::string const first = trial.targets().front();
    do_on(first, {"systemctl", "stop", "interregnum-" + trial.mark() + ".service"});
    do_on(first, {"rm", "-rf", "/run/interregnum"});
    trial.abandon();
    EXPECT_TRUE(soon([&] { return !bench().look().paused; }, 15s));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AnOwnersMaintenanceModeIsNotEnded) {
    std::string const node = leader();
    FaultTrial trial(bench(), R"({"fault": "patroni.pause"})");
    do_on(node, {"patronictl", "-c", "/etc/patroni/config.yml", "pause", "--wait"});
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(trial.why().contains("not by this fault")) << trial.why();
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(on_lab_node(node, {"sh", "-c", sweep_script()}, 60s).exit_status, 0);
    EXPECT_TRUE(bench().look().paused);
    do_on(node, {"patronictl", "-c", "/etc/patroni/config.yml", "resume", "--wait"});
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, ARestartByPatroniStartsAnotherPostgres) {
    FaultTrial trial(bench(), R"({"fault": "patroni.restart", "target": "any:replica"})");
    auto const since = [&] { return psql(trial.target(), "select pg_postmaster_start_time()"); };
    std::string const before = since();
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_NE(since(), before);
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AReinitializedReplicaHasNothingOfItsOldData) {
    FaultTrial trial(bench(), R"({"fault": "patroni.reinitialize"})");
    std::string const planted = psql(trial.target(), "show data_directory") + "/planted_by_a_trial";
    ASSERT_EQ(on_lab_node(trial.target(), {"touch", planted}).exit_status, 0);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_NE(on_lab_node(trial.target(), {"ls", planted}).exit_status, 0);
    EXPECT_TRUE(soon(
        [&] { return psql(leader(), "select count(*) from pg_stat_replication") == "2"; }, 30s));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, ASwitchoverMovesTheLead) {
    FaultTrial trial(bench(), R"({"fault": "patroni.switchover", "candidate": "sync_standby"})");
    std::string const before = trial.target();
    std::string const next = resolve_role(bench().look(), "sync_standby").at(0);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(psql(next, "select pg_is_in_recovery()"), "f");
    EXPECT_NE(before, next);
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AFailoverMovesTheLeadToTheCandidate) {
    std::string const before = leader();
    FaultTrial trial(bench(), R"({"fault": "patroni.failover"})");
    ASSERT_NE(trial.target(), before);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(psql(trial.target(), "select pg_is_in_recovery()"), "f");
    EXPECT_TRUE(soon(
        [&] {
            return bench().look().node(before)->state == "streaming" ||
                   bench().look().node(before)->role == "replica";
        },
        40s));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, ARedisFailoverMovesTheMaster) {
    std::string const before = resolve_role(bench().look(), "redis_master").at(0);
    std::string const other = before == "db1" ? "db2" : "db1";
    std::string const host = address(before);
    FaultTrial trial(bench(), R"({"fault": "redis.failover"})");
    ASSERT_TRUE(redis(other, host, "role").starts_with("master"));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(soon([&] { return redis(other, host, "role").starts_with("slave"); }, 30s));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, PausedRedisWritesWaitWhileReadsAreAnswered) {
    FaultTrial trial(bench(), R"({"fault": "redis.pause", "lease": "4s"})");
    std::string const other = trial.target() == "db1" ? "db2" : "db1";
    std::string const host = address(trial.target());
    ASSERT_EQ(redis(other, host, "set trial_note 1"), "OK");
    ASSERT_TRUE(trial.inject()) << trial.why();
    // Longer than its lease: Redis's own timer is renewed.
    EXPECT_TRUE(stays([&] { return redis(other, host, "set trial_note 2").empty(); }, 5s));
    EXPECT_EQ(redis(other, host, "get trial_note"), "1");
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(redis(other, host, "del trial_note"), "1");
    // Nothing pauses it once more.
    EXPECT_TRUE(stays([&] { return redis(other, host, "set trial_note 3") == "OK"; }, 2s));
    EXPECT_EQ(redis(other, host, "del trial_note"), "1");
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, APauseOfEverythingInRedisEndsWithItsTime) {
    FaultTrial trial(bench(), R"({"fault": "redis.pause", "what": "all", "for": "4s",
                                  "target": "any:redis_replica"})");
    std::string const other = trial.target() == "db1" ? "db2" : "db1";
    std::string const host = address(trial.target());
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(redis(other, host, "ping"), "");
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(redis(other, host, "ping"), "PONG");
    EXPECT_EQ(trial.unclean(), Findings{});
}

/// What HAProxy's page says of a server in all backends of one HAProxy.
Findings statuses(ClusterView const& view, std::string const& app, std::string const& server) {
    Findings found;
    for (BackendView const& one : view.backends)
        if (one.app == app && one.server == server) found.push_back(one.status);
    return found;
}

TEST_F(ControlFaults, ADrainedServerGetsNoNewConnections) {
    FaultTrial trial(bench(), R"({"fault": "haproxy.drain", "target": "app1", "server": "leader",
                                  "backend": "postgres_write"})");
    std::string const server = leader();
    Findings const before = statuses(bench().look(), "app1", server);
    ASSERT_TRUE(trial.inject()) << trial.why();
    Findings const now = statuses(bench().look(), "app1", server);
    EXPECT_EQ(std::ranges::count(now, "DRAIN"), 1) << fmt::format("{}", now.size());
    EXPECT_EQ(std::ranges::count(statuses(bench().look(), "app2", server), "DRAIN"), 0);
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return statuses(bench().look(), "app1", server) == before; }));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, MaintenanceOfAServerLeavesTheOwnersAlone) {
    constexpr char const* script =
        R"(perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0); )"
        R"(connect($s, pack_sockaddr_un("/run/haproxy/admin.sock")) or die; )"
        R"(syswrite($s, "set server postgres_read/db2 state $ARGV[0]\n"); print while <$s>' "$1")";
    ASSERT_EQ(on_lab_node("app1", {"sh", "-c", script, "sh", "maint"}).exit_status, 0);
    FaultTrial trial(bench(), R"({"fault": "haproxy.drain", "target": "app1", "server": "db2",
                                  "mode": "maint"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    Findings const out = statuses(bench().look(), "app1", "db2");
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(out, "MAINT")), out.size());
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon(
        [&] { return std::ranges::count(statuses(bench().look(), "app1", "db2"), "MAINT") == 1; }));
    ASSERT_EQ(on_lab_node("app1", {"sh", "-c", script, "sh", "ready"}).exit_status, 0);
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AStoppedHaproxyRefusesConnections) {
    FaultTrial trial(bench(), R"({"fault": "haproxy.stop", "target": "app2"})");
    std::string const endpoint = address("app2") + ":5000";
    ASSERT_TRUE(accepts("db1", endpoint));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(accepts("db1", endpoint));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return accepts("db1", endpoint); }));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AnOwnCommandIsDoneSeenAndUndone) {
    FaultTrial trial(bench(), R"({"fault": "command", "target": "app1",
        "inject": ["touch", "/run/trial; touch never 'x'"],
        "verify": ["test", "-e", "/run/trial; touch never 'x'"],
        "undo": ["rm", "-f", "/run/trial; touch never 'x'"], "lease": "3s"})");
    constexpr char const* count = "ls -d /run/trial* /root/never* /never* 2>/dev/null | wc -l";
    auto const files = [&] { return on_lab_node("app1", {"sh", "-c", count}).out; };
    EXPECT_EQ(files(), "0\n");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(files(), "1\n");
    trial.abandon();
    EXPECT_TRUE(soon([&] { return files() == "0\n"; }));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ControlFaults, AnOwnCommandWithoutEffectIsNotProved) {
    FaultTrial trial(bench(), R"({"fault": "command", "target": "app1", "inject": ["true"],
        "verify": ["false"], "undo": [], "within": "500ms"})");
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(trial.why().contains("unverified")) << trial.why();
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

}  // namespace
}  // namespace interregnum::test
