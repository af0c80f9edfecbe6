// SPDX-License-Identifier: MIT
// Network faults on the lab: each seen by a connection from elsewhere, undone, and gone.
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "tests/cluster/support/lab_faults.h"
#include "tests/cluster/support/network_view.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

class NetworkFaults : public LabBench {
protected:
    [[nodiscard]] bool reaches(std::string const& from, std::string const& to, int port) const {
        return test::reaches(from, address(to), port);
    }
    /// Undone, its effect gone by the test's own means, and nothing left anywhere.
    static void expect_undone(FaultTrial& trial, std::function<bool()> const& well) {
        EXPECT_TRUE(trial.undo()) << trial.why();
        EXPECT_TRUE(poll(well, 10s)) << "the effect outlives the undo";
        EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
    }
    /// A partition of app1 and a rate for it, with its owner's rules there: `listed` is in them.
    void leaves_alone(OwnersRules const& rules, std::string const& listed);
};

void NetworkFaults::leaves_alone(OwnersRules const& rules, std::string const& listed) {
    FaultTrial trial(bench(), R"({"fault": "network.partition", "isolate": "app1", "from": "db1",
        "for": "60s"})");
    std::string const before = rules.listing();
    ASSERT_TRUE(before.contains(listed)) << before;
    HeldConnection const kept(address("app1"), 22);
    ASSERT_TRUE(reaches("db1", "app1", 22));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(reaches("db1", "app1", 22)) << "the owner's rules accept it";
    EXPECT_FALSE(reaches("app1", "db1", 22));
    EXPECT_TRUE(reaches("app2", "app1", 22)) << "bystanders are not hit";
    EXPECT_TRUE(kept.is_open());
    EXPECT_EQ(rules.listing(), before) << "while it is in force";
    expect_undone(trial, [&] { return reaches("db1", "app1", 22); });
    EXPECT_EQ(rules.listing(), before);
    FaultTrial shaping(bench(), R"({"fault": "network.rate", "target": "app1", "rate": "64KiB"})");
    EXPECT_FALSE(shaping.inject());
    EXPECT_TRUE(shaping.why().contains("owner's own queueing")) << shaping.why();
    expect_undone(shaping, [] { return true; });
    EXPECT_EQ(rules.listing(), before);
}

TEST_F(NetworkFaults, AnIsolatedNodeStaysUnderControlWithoutItsNeighbourEntries) {
    expect_redundant();
    std::string const other = leader();
    FaultTrial trial(bench(), R"({"fault": "network.partition", "isolate": "any:replica",
        "for": "60s", "lease": "4s"})");
    std::string const node = trial.target();
    std::string const link_local = link_local_of(node);
    ASSERT_TRUE(reaches(other, node, 22) && reaches(node, other, 22));
    ASSERT_TRUE(test::reaches(other, link_local, 22)) << link_local;
    std::int64_t const heard_before = bytes_heard(node, 2380);
    ASSERT_TRUE(poll([&] { return bytes_heard(node, 2380) > heard_before; }, 5s));
    ASSERT_TRUE(trial.inject()) << trial.why();
    // What is established is cut at once: nothing more of etcd's heartbeats comes in.
    std::int64_t const heard = bytes_heard(node, 2380);
    bench().clock().sleep_for(1s, {});
    EXPECT_LE(bytes_heard(node, 2380), heard);
    EXPECT_FALSE(reaches(other, node, 22));
    EXPECT_FALSE(reaches(node, other, 22));
    EXPECT_FALSE(test::reaches(other, link_local, 22)) << "IPv6 still works";
    EXPECT_EQ(run_here({"ip", "neigh", "flush", "all"}).exit_status, 0);
    EXPECT_EQ(on_lab_node(node, {"ip", "neigh", "flush", "all"}).exit_status, 0);
    // Beyond the lease: the renewals came through, so the control path works.
    for (Instant const end = bench().clock().now() + 6s; bench().clock().now() < end;
         bench().clock().sleep_for(500ms, {})) {
        auto const answer = bench().hands().run_one({.node = node, .argv = {"true"}}, {});
        ASSERT_TRUE(answer) << answer.error().message;
    }
    EXPECT_FALSE(reaches(other, node, 22));
    EXPECT_FALSE(trial.why().contains("itself")) << trial.why();
    expect_undone(trial, [&] { return reaches(other, node, 22) && reaches(node, other, 22); });
    EXPECT_TRUE(test::reaches(other, link_local, 22));
}

TEST_F(NetworkFaults, TheKernelsLeaseEndsAPartitionWithNobodyElse) {
    FaultTrial trial(bench(), R"({"fault": "network.partition", "isolate": "app1",
        "for": "60s", "lease": "4s"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(reaches("app2", "app1", 22));
    // The node's own timer is stopped, nobody renews: only the kernel is left.
    EXPECT_EQ(on_lab_node("app1", {"systemctl", "stop", "interregnum-" + trial.mark()}).exit_status,
              0);
    trial.abandon();
    EXPECT_TRUE(poll([&] { return reaches("app2", "app1", 22); }, 7s));
    LocalResult const residue = on_lab_node("app1", {"sh", "-c", residue_script()});
    EXPECT_TRUE(residue.out.contains("ours.network.partition=expired")) << residue.out;
    EXPECT_TRUE(residue.out.contains("ours.network.loss=\n")) << residue.out;
    LocalResult const swept = on_lab_node("app1", {"sh", "-c", sweep_script()});
    EXPECT_EQ(swept.exit_status, 0) << swept.err;
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(NetworkFaults, WhatTheOwnerHasSetIsNeitherInTheWayNorChanged) {
    leaves_alone({"app1", OwnersRules::Tool::nftables}, "table inet owner");
}

TEST_F(NetworkFaults, WhatTheOwnerHasSetWithIptablesIsNeitherInTheWayNorChanged) {
    std::string const why = OwnersRules::why_no_iptables();
    if (!why.empty()) GTEST_SKIP() << why;
    leaves_alone({"app1", OwnersRules::Tool::iptables}, "--dport 4711");
}

TEST_F(NetworkFaults, OneWayMeansThatTheOtherWayStillWorks) {
    for (std::string const direction : {"in", "out"}) {
        FaultTrial trial(bench(), fmt::format(R"({{"fault": "network.partition", "isolate": "app1",
            "from": "app2", "direction": "{}", "for": "30s"}})",
                                              direction));
        ASSERT_TRUE(trial.inject()) << trial.why();
        EXPECT_FALSE(reaches("app1", "app2", 22)) << direction;
        // An answer that is lost leaves a half-open connection where the question arrived.
        EXPECT_EQ(half_open_arrives("app1", "app2", address("app2")), direction == "in");
        EXPECT_EQ(half_open_arrives("app2", "app1", address("app1")), direction == "out");
        EXPECT_TRUE(reaches("db1", "app1", 22));
        expect_undone(trial, [&] { return reaches("app1", "app2", 22); });
    }
}

TEST_F(NetworkFaults, TheLeaderCanBeCutOffFromEtcdOnly) {
    expect_redundant();
    FaultTrial trial(bench(), R"({"fault": "network.partition", "isolate": "leader",
        "ports": "etcd", "for": "20s"})");
    std::string const node = trial.target();
    std::string const other = node == "db1" ? "db2" : "db1";
    ASSERT_TRUE(reaches(other, node, 2379));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(reaches(other, node, 2379));
    EXPECT_FALSE(reaches(other, node, 2380));
    EXPECT_FALSE(reaches(node, other, 2379));
    EXPECT_TRUE(reaches(other, node, 5432)) << "PostgreSQL must stay alive";
    EXPECT_TRUE(reaches("app1", node, 8008));
    expect_undone(trial, [&] { return reaches(other, node, 2379) && reaches(node, other, 2379); });
}

TEST_F(NetworkFaults, CutOffClientsReachNoEntryButNodesDo) {
    FaultTrial trial(bench(), R"({"fault": "network.partition", "isolate": "app1",
        "from": "clients", "for": "20s"})");
    std::string const app1 = address("app1");
    ASSERT_TRUE(HeldConnection(app1, 5000).is_open());
    RunsFolder const folder;
    // A customer who keeps trying: the proof needs packets, and nobody else sends them.
    Background const customer({"bash", "-c",
                               "for i in {1..60}; do timeout 0.2 bash -c ': </dev/tcp/" + app1 +
                                   "/5000'; sleep .1; done"},
                              folder.path() + "/customer.log");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(HeldConnection(app1, 5000).is_open());
    EXPECT_TRUE(HeldConnection(app1, 22).is_open()) << "SSH is never cut";
    EXPECT_TRUE(test::reaches("app2", app1, 5000));
    expect_undone(trial, [&] { return HeldConnection(app1, 5000).is_open(); });
}

TEST_F(NetworkFaults, SomePacketsAreLostAndSomeArrive) {
    FaultTrial trial(bench(), R"({"fault": "network.loss", "target": "app1", "to": "app2",
        "percent": 30, "for": "30s"})");
    ASSERT_EQ(silent_attempts("app2", address("app1"), 40), 0);
    ASSERT_TRUE(trial.inject()) << trial.why();
    // Question and answer get through in 49 of 100; that 40 are all alike is a chance of 1e-11.
    int const silent = silent_attempts("app2", address("app1"), 40);
    EXPECT_GT(silent, 0);
    EXPECT_LT(silent, 40);
    EXPECT_EQ(silent_attempts("db1", address("app1"), 20), 0) << "bystanders lose nothing";
    expect_undone(trial, [&] { return silent_attempts("app2", address("app1"), 40) == 0; });
}

TEST_F(NetworkFaults, ALimitedRateSlowsOnlyWhatIsSentThere) {
    FaultTrial trial(bench(), R"({"fault": "network.rate", "target": "app1", "to": "app2",
        "rate": "100kB", "for": "30s"})");
    Duration const before = transfer_time("app1", "app2", address("app2"), 200'000);
    EXPECT_LT(before, 1s);
    ASSERT_TRUE(trial.inject()) << trial.why();
    Duration const limited = transfer_time("app1", "app2", address("app2"), 200'000);
    EXPECT_GT(limited, 1500ms);
    EXPECT_LT(limited, 6s);
    EXPECT_LT(transfer_time("app1", "db1", address("db1"), 200'000), 1s);
    // The sweep knows it by name, with no journal and no armed folder.
    trial.abandon();
    LocalResult const forgotten = on_lab_node(
        "app1", {"sh", "-c", "systemctl stop \"interregnum-$0\"; rm -rf \"/run/interregnum/$0\"",
                 trial.mark()});
    EXPECT_EQ(forgotten.exit_status, 0) << forgotten.err;
    LocalResult const residue = on_lab_node("app1", {"sh", "-c", residue_script()});
    EXPECT_TRUE(residue.out.contains("ours.network.rate=in force")) << residue.out;
    LocalResult const swept = on_lab_node("app1", {"sh", "-c", sweep_script()});
    EXPECT_EQ(swept.exit_status, 0) << swept.err;
    EXPECT_TRUE(swept.out.contains("network.rate")) << swept.out;
    EXPECT_LT(transfer_time("app1", "app2", address("app2"), 200'000), 1s);
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(NetworkFaults, AKernelWithoutNetemLeavesNothingBehind) {
    FaultTrial trial(bench(), R"({"fault": "network.delay", "target": "app1", "delay": "200ms"})");
    Duration const before = round_trip("app2", address("app1"));
    bool const can = trial.inject();
    if (can) {
        EXPECT_GT(round_trip("app2", address("app1")), before + 150ms);
    } else {
        EXPECT_TRUE(trial.why().contains("inject_failed") || trial.why().contains("netem"))
            << trial.why();
    }
    expect_undone(trial, [&] { return round_trip("app2", address("app1")) < before + 100ms; });
    if (!can) GTEST_SKIP() << "this kernel has no sch_netem: only the way back was tried";
}

TEST_F(NetworkFaults, EstablishedConnectionsFallSilentWhileNewOnesWork) {
    expect_redundant();
    FaultTrial trial(bench(), R"({"fault": "connection.blackhole", "target": "leader",
        "service": "postgres", "for": "30s"})");
    std::string const database = address(trial.target());
    HeldConnection old(database, 5432);
    ASSERT_TRUE(old.is_open());
    RunsFolder const folder;
    // Says a byte now and then, so that there are packets to be lost.
    Background const talker({"bash", "-c",
                             "exec 3<>/dev/tcp/" + database +
                                 "/5432; printf '\\0\\0\\1\\0' >&3; for i in {1..100}; do printf a "
                                 ">&3; sleep .1; done"},
                            folder.path() + "/talker.log");
    ASSERT_TRUE(poll([&] { return established(trial.target(), 5432) >= 2; }, 5s));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(old.postgres_answers(1s)) << "it should be dead";
    EXPECT_TRUE(old.is_open()) << "and not know it";
    HeldConnection fresh(database, 5432);
    EXPECT_TRUE(fresh.postgres_answers(2s));
    expect_undone(trial, [&] { return HeldConnection(database, 5432).postgres_answers(2s); });
    EXPECT_TRUE(old.answer_arrives(10s)) << "TCP itself bridges a silence";
}

TEST_F(NetworkFaults, ResetConnectionsAreToldAndNewOnesWork) {
    FaultTrial trial(bench(), R"({"fault": "connection.reset", "target": "leader",
        "service": "postgres"})");
    std::string const database = address(trial.target());
    HeldConnection old(database, 5432);
    ASSERT_TRUE(old.is_open());
    ASSERT_TRUE(poll([&] { return established(trial.target(), 5432) >= 1; }, 5s));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(old.was_reset(2s));
    EXPECT_TRUE(HeldConnection(database, 5432).postgres_answers(2s));
    expect_undone(trial, [&] { return HeldConnection(database, 5432).postgres_answers(2s); });
}

TEST_F(NetworkFaults, NameServersNoLongerAnswer) {
    NameServer const server("app2", "app1", address("app2"));
    FaultTrial trial(bench(), R"({"fault": "dns.fail", "target": "app1", "for": "30s"})");
    ASSERT_TRUE(poll([&] { return server.answers(); }, 5s));
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(server.answers());
    EXPECT_TRUE(reaches("app1", "app2", 22)) << "only names fail";
    expect_undone(trial, [&] { return server.answers(); });
}

}  // namespace
}  // namespace interregnum::test
