// SPDX-License-Identifier: MIT
// Faults on processes and services, each seen by a second means: ps and /proc through the host,
// a dial from another node, a timed write. Never by the fault's own evidence.
#include <functional>

#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

using None = std::vector<std::string>;

/// What a shell on the node prints, run from the host.
std::string shell(std::string const& node, std::string const& script) {
    std::string said = on_lab_node(node, {"sh", "-c", script}).out;
    while (said.ends_with('\n')) said.pop_back();
    return said;
}

/// "PID START" of the processes of exactly this name, one a line, oldest first.
std::string ps(std::string const& node, std::string const& name) {
    return shell(node, "ps -C " + name + " -o pid=,lstart=,comm= --sort=start_time | grep -v 'Z'");
}

std::string postmaster(std::string const& node) {
    return shell(node, "head -n 1 /var/lib/postgresql/15/main/postmaster.pid 2>/dev/null");
}

bool patroni_answers(std::string const& from, std::string const& address) {
    return on_lab_node(from, {"timeout", "2", "bash", "-c",
                              "exec 3<>/dev/tcp/" + address +
                                  "/8008; printf 'GET /liveness HTTP/1.0\\r\\n\\r\\n' >&3; "
                                  "read -r -t 1 line <&3 && [ -n \"$line\" ]"})
               .exit_status == 0;
}

/// A port of a node, dialled from another one: 0 open, 1 refused, 124 silent.
int dial(std::string const& from, std::string const& address, int port) {
    return on_lab_node(from, {"timeout", "2", "bash", "-c",
                              "exec 3<>/dev/tcp/" + address + "/" + std::to_string(port)})
        .exit_status;
}

/// A query on the node's own server as its superuser; "" when there is no answer in 3 s.
std::string sql(std::string const& node, std::string const& query) {
    return shell(node,
                 "timeout 3 runuser -u postgres -- psql -XAtqc \"" + query + "\" 2>/dev/null");
}

class FaultsOnProcesses : public LabFaults {
protected:
    /// Another database node.
    [[nodiscard]] static std::string other_than(std::string const& node) {
        return node == "db1" ? "db2" : "db1";
    }
};

TEST_F(FaultsOnProcesses, PatroniAloneDiesAndIsHeldWhilePostgresqlLivesOn) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "patroni",
        "target": "any:replica", "for": "60s"})");
    std::string const node = trial.target();
    std::string const server = postmaster(node);
    std::string const before = ps(node, "patroni");
    ASSERT_NE(before, "");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(ps(node, "patroni"), "");
    EXPECT_EQ(postmaster(node), server);
    EXPECT_EQ(sql(node, "SELECT pg_is_in_recovery()"), "t");
    EXPECT_FALSE(patroni_answers(other_than(node), address(node)));
    // Nobody starts it, whoever asks.
    shell(node, "systemctl start patroni");
    EXPECT_EQ(ps(node, "patroni"), "");
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return patroni_answers(other_than(node), address(node)); }, 20s));
    EXPECT_NE(ps(node, "patroni"), before);
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, ThePostmasterAloneDiesAndPatroniLivesOn) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "postmaster",
        "target": "any:replica"})");
    std::string const node = trial.target();
    std::string const server = postmaster(node);
    std::string const patroni = ps(node, "patroni");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(shell(node, "ps -o comm= -p " + server), "");
    EXPECT_EQ(ps(node, "patroni"), patroni);
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return sql(node, "SELECT 1") == "1"; }, 40s));
    EXPECT_NE(postmaster(node), server);
    EXPECT_EQ(ps(node, "patroni"), patroni);
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, AllOfPostgresqlDiesAtOnceAndPatroniLivesOn) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "postgres",
        "target": "any:replica"})");
    std::string const node = trial.target();
    std::string const all = shell(node, "pgrep -x postgres | tr '\\n' ','");
    std::string const patroni = ps(node, "patroni");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(shell(node, "ps -o comm= -p " + all + "1 | grep -c postgres"), "0");
    EXPECT_EQ(ps(node, "patroni"), patroni);
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return sql(node, "SELECT 1") == "1"; }, 40s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, PatroniAndPostgresqlDieTogetherAndStayDown) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "patroni+postgres",
        "target": "any:replica", "for": "60s"})");
    std::string const node = trial.target();
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(ps(node, "patroni"), "");
    EXPECT_EQ(ps(node, "postgres"), "");
    EXPECT_EQ(dial(other_than(node), address(node), 5432), 1) << "refused";
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return sql(node, "SELECT 1") == "1"; }, 40s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, ACrashedServiceIsRestartedByItsSupervisor) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "redis",
        "target": "any:redis_replica", "signal": "SEGV"})");
    std::string const node = trial.target();
    std::string const before = ps(node, "redis-server");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_NE(ps(node, "redis-server"), before);
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return ps(node, "redis-server") != ""; }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, ASignalThatEndsNothingProvesNothing) {
    FaultTrial trial(bench(), R"({"fault": "process.kill", "process": "haproxy",
        "target": "app2", "signal": "USR2"})");
    // HAProxy's master reloads: the same process goes on.
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(trial.why().contains("as before the injection")) << trial.why();
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, AFrozenServiceStandsStillOnOneNodeOnly) {
    FaultTrial trial(bench(), R"({"fault": "process.pause", "process": "patroni",
        "target": "any:replica"})");
    std::string const node = trial.target();
    // The kernel's word, from the host's side of the node's cgroup.
    auto const frozen = [](std::string const& name) {
        auto const seen = run_local(
            {.argv = {"sh", "-c",
                      "cat $(find /sys/fs/cgroup/interregnum-$0 /sys/fs/cgroup/unified/"
                      "interregnum-$0 -path '*patroni.service/cgroup.events' 2>/dev/null)",
                      name}});
        EXPECT_TRUE(seen);
        return seen && seen->out.contains("frozen 1");
    };
    ASSERT_FALSE(frozen(node));
    ASSERT_TRUE(trial.inject()) << trial.why();
    for (char const* name : {"db1", "db2", "db3"}) {
        EXPECT_EQ(frozen(name), name == node) << name;
        EXPECT_EQ(patroni_answers("app1", address(name)), name != node) << name;
        EXPECT_EQ(sql(name, "SELECT 1"), name == node ? "" : "1") << name;
    }
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_FALSE(frozen(node));
    EXPECT_TRUE(soon([&] { return sql(node, "SELECT 1") == "1"; }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, AStoppedPatroniLeavesItsPostgresqlWritable) {
    FaultTrial trial(bench(), R"({"fault": "process.pause", "process": "patroni",
        "scope": "process", "target": "leader"})");
    std::string const node = trial.target();
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(shell(node, "ps -C patroni -o stat=").substr(0, 1), "T");
    EXPECT_FALSE(patroni_answers("app1", address(node)));
    EXPECT_NE(sql(node, "SELECT pg_logical_emit_message(true, 'drill', 'still here')"), "");
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return patroni_answers("app1", address(node)); }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, AStoppedPostmasterTakesNoNewConnections) {
    FaultTrial trial(bench(), R"({"fault": "process.pause", "process": "postmaster",
        "scope": "process", "target": "any:replica"})");
    std::string const node = trial.target();
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(shell(node, "ps -o stat= -p " + postmaster(node)).substr(0, 1), "T");
    EXPECT_EQ(sql(node, "SELECT 1"), "");
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return sql(node, "SELECT 1") == "1"; }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, AStoppedHaproxyIsTheWorkerThatServes) {
    FaultTrial trial(bench(), R"({"fault": "process.pause", "process": "haproxy",
        "scope": "process", "target": "app1"})");
    auto const serves = [](std::string const& app) {
        return !shell("db1", "timeout 2 redis-cli -h " + app + " -p 6379 PING 2>&1").empty();
    };
    ASSERT_TRUE(serves("10.99.0.21"));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(serves("10.99.0.21"));
    EXPECT_TRUE(serves("10.99.0.22"));
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return serves("10.99.0.21"); }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, OnlyTheRecordedProcessIsEverLetGoOn) {
    // The marker names a pid that somebody else's process has now: another start time.
    std::string const pid = shell("db3", "sleep 60 </dev/null >/dev/null 2>&1 & echo $!");
    shell("db3", "kill -STOP " + pid + "; mkdir -p /run/interregnum; echo " + pid +
                     " 1 > /run/interregnum/sigstop.etcd");
    EXPECT_TRUE(shell("db3", residue_script()).contains("ours.process.pause=stopped: etcd"));
    std::string const swept = shell("db3", sweep_script());
    EXPECT_TRUE(swept.contains("let etcd go on")) << swept;
    EXPECT_EQ(shell("db3", "ps -o stat= -p " + pid).substr(0, 1), "T");
    shell("db3", "kill -KILL " + pid);
}

TEST_F(FaultsOnProcesses, AStoppedServiceStaysStoppedAndIsStartedAgain) {
    FaultTrial trial(bench(), R"({"fault": "service.stop", "service": "haproxy",
        "target": "app2"})");
    ASSERT_EQ(dial("app1", "10.99.0.22", 5000), 0);
    ASSERT_TRUE(trial.inject()) << trial.why();
    shell("app2", "systemctl start haproxy");
    EXPECT_EQ(dial("app1", "10.99.0.22", 5000), 1) << "refused";
    EXPECT_EQ(ps("app2", "haproxy"), "");
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return dial("app1", "10.99.0.22", 5000) == 0; }, 20s));
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, ARestartedServiceIsAnotherProcess) {
    FaultTrial trial(bench(), R"({"fault": "service.restart", "service": "sentinel",
        "target": "db3"})");
    std::string const before = ps("db3", "redis-sentinel");
    ASSERT_NE(before, "");
    ASSERT_TRUE(trial.inject()) << trial.why();
    std::string const after = ps("db3", "redis-sentinel");
    EXPECT_NE(after, "");
    EXPECT_NE(after, before);
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(ps("db3", "redis-sentinel"), after);
    EXPECT_EQ(trial.unclean(), None{});
}

TEST_F(FaultsOnProcesses, ASweepFindsEveryOneOfThemByName) {
    // Abandoned, and what the engine armed on the nodes is gone: only the marks are left.
    std::vector<std::unique_ptr<FaultTrial>> trials;
    for (char const* step :
         {R"({"fault": "process.kill", "process": "redis", "target": "any:redis_replica",
              "for": "60s"})",
          R"({"fault": "process.pause", "process": "sentinel", "target": "db2"})",
          R"({"fault": "process.pause", "process": "etcd", "scope": "process", "target": "db3"})",
          R"({"fault": "service.stop", "service": "haproxy", "target": "app2"})"}) {
        trials.push_back(std::make_unique<FaultTrial>(bench(), step));
        FaultTrial& trial = *trials.back();
        ASSERT_TRUE(trial.inject()) << trial.why();
        trial.abandon();
        shell(trial.target(), "rm -rf /run/interregnum/" + trial.mark());
    }
    std::string residues;
    std::string swept;
    for (auto const& trial : trials) residues += shell(trial->target(), residue_script()) + "\n";
    for (auto const& trial : trials) swept += shell(trial->target(), sweep_script()) + "\n";
    for (char const* line : {"brought down and not back: redis-server", "frozen: redis-sentinel",
                             "stopped: etcd", "brought down and not back: haproxy"})
        EXPECT_TRUE(residues.contains(line)) << residues;
    for (char const* line : {"brought redis-server back", "thawed redis-sentinel", "let etcd go on",
                             "brought haproxy back"})
        EXPECT_TRUE(swept.contains(line)) << swept;
    // Only the first one saw the nodes before any of it.
    EXPECT_EQ(trials.front()->unclean(), None{});
    for (auto const& trial : trials)
        EXPECT_EQ(shell(trial->target(), sweep_script()), "") << "fine on a clean node";
}

}  // namespace
}  // namespace interregnum::test
