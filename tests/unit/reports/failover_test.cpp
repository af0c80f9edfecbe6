// SPDX-License-Identifier: MIT
#include "reports/measures/failover.h"

#include <gtest/gtest.h>

#include "reports/measures/phases.h"
#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;
using test::RecordBuilder;

MeasureValue phase(std::vector<Phase> const& phases, std::string_view name) {
    for (Phase const& one : phases)
        if (one.name == name) return one.span;
    ADD_FAILURE() << "no phase " << name;
    return {};
}

// All but "redundant".
MeasureValue sum(std::vector<Phase> const& phases) {
    MeasureValue all{.known = true};
    for (Phase const& one : phases) {
        if (!one.span.known || one.name == "redundant") continue;
        EXPECT_LE(one.span.at_least, one.span.best) << one.name;
        EXPECT_LE(one.span.best, one.span.at_most) << one.name;
        all.at_least += one.span.at_least;
        all.best += one.span.best;
        all.at_most += one.span.at_most;
    }
    return all;
}

void expect_sum_is_the_downtime(record::Record const& record) {
    MeasureValue const all = sum(phases_of(record));
    MeasureValue const down = test::measure(record, "write.downtime");
    EXPECT_LE(all.at_least, down.at_most);
    EXPECT_GE(all.at_most, down.at_least);
    EXPECT_GE(all.best, down.at_least);
    EXPECT_LE(all.best, down.at_most);
}

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }
double at(Failover const& failover, std::string_view name) {
    Milestone const* const found = failover.find(name);
    if (found == nullptr || !found->at) {
        ADD_FAILURE() << name << ": " << (found == nullptr ? "not looked for" : found->source);
        return 0;
    }
    EXPECT_LE(found->at->low, found->at->best) << name;
    EXPECT_LE(found->at->best, found->at->high) << name;
    return seconds(found->at->best.count());
}

// The killed leader with every observer there is.
RecordBuilder watched(std::uint64_t seed = 7) {
    RecordBuilder made = test::killed_leader(seed);
    auto const key = [&](std::string holder, std::int64_t revision, Offset when) {
        for (std::string const node : {"db2", "db3"})
            made.record.leader_keys.push_back({.holder = holder,
                                               .revision = revision,
                                               .told_by = node,
                                               .initial = revision == 10,
                                               .at = node == "db3" ? when : when + 4ms});
    };
    key("db1", 10, 50ms);
    key("", 20, 40'900ms);
    key("db2", 21, 41'250ms);
    made.record.canaries.push_back({.node = "db2", .accepted = false, .at = 100ms});
    made.record.canaries.push_back({.node = "db2",
                                    .accepted = true,
                                    .timeline = 2,
                                    .previous = 42'300ms,
                                    .asked = 42'400ms,
                                    .at = 42'410ms});
    auto const backend = [&](std::string server, std::string status, Offset when) {
        for (std::string const app : {"app1", "app2"})
            made.record.backends.push_back({.app = app,
                                            .backend = "postgres_write",
                                            .server = server,
                                            .status = status,
                                            .previous = when - 200ms,
                                            .asked = when - 4ms,
                                            .at = when});
    };
    backend("db1", "UP", 300ms);
    backend("db2", "DOWN", 300ms);
    backend("db1", "DOWN", 15s);
    backend("db2", "UP", 44'200ms);
    return made;
}

TEST(Failover, HasEveryInstantWithItsSource) {
    Failover const failover = failover_of(watched().build());
    EXPECT_TRUE(failover.leader_changed);
    EXPECT_NEAR(at(failover, "fault"), 12.0, 0.001);
    EXPECT_NEAR(at(failover, "outage"), 12.41, 0.02);
    EXPECT_NEAR(at(failover, "detected"), 12.441, 0.001) << "the first refused attempt";
    EXPECT_NEAR(at(failover, "lock lost"), 40.9, 0.001);
    EXPECT_NEAR(at(failover, "lock taken"), 41.25, 0.001);
    EXPECT_NEAR(at(failover, "promoted"), 42.37, 0.1) << "Patroni looked between 42.40 and 42.44";
    EXPECT_NEAR(at(failover, "writable"), 42.355, 0.06);
    EXPECT_NEAR(at(failover, "routed"), 44.1, 0.001) << "in the middle of two looks";
    EXPECT_NEAR(at(failover, "first customer"), 44.35, 0.02);
    EXPECT_NEAR(at(failover, "redundant"), 70, 0.001);
    EXPECT_EQ(failover.find("lock taken")->source, "etcd's watch on db3: the leader key is db2's");
    EXPECT_EQ(failover.find("writable")->source, "a canary write accepted on db2");
    EXPECT_EQ(failover.find("routed")->source, "HAProxy on app1: postgres_write/db2 up");
    EXPECT_EQ(failover.find("redundant")->source, "step: await redundant within 5m");
    // Tickets are bought once a second: theirs is the last path and the widest bound.
    EXPECT_GE(at(failover, "all customers"), at(failover, "first customer"));
    EXPECT_EQ(failover.find("all customers")->source, "tickets via app1:5000 (fresh)");
}

TEST(Failover, FallsBackToPatroniWhereNobodyElseSaw) {
    Failover const failover = failover_of(test::killed_leader().build());
    EXPECT_FALSE(failover.find("lock lost")->at);
    EXPECT_EQ(failover.find("lock lost")->source, "no watch told of the leader key");
    EXPECT_NEAR(at(failover, "lock taken"), 41.29, 0.03);
    EXPECT_EQ(failover.find("lock taken")->source, "Patroni of db2: it holds the lock");
    EXPECT_EQ(failover.find("writable")->source, "Patroni of db2: out of recovery");
    EXPECT_FALSE(failover.find("routed")->at);
}

TEST(Phases, AddUpToTheDowntime) {
    auto const bare = test::killed_leader().build();
    auto const full = watched().build();
    expect_sum_is_the_downtime(bare);
    expect_sum_is_the_downtime(full);
    auto const phases = phases_of(full);
    ASSERT_EQ(phases.size(), 5U);
    EXPECT_NEAR(seconds(phase(phases, "lock").best), 41.25 - 12.42, 0.03);
    EXPECT_NEAR(seconds(phase(phases, "promote").best), 42.355 - 41.25, 0.06);
    EXPECT_EQ(phase(phases, "redundant").best, 58'000'000'000);
}

TEST(Phases, AddUpWhateverWasSeen) {
    // Observers fall silent one after the other, in any combination.
    for (unsigned missing = 0; missing < 16; ++missing) {
        SCOPED_TRACE(missing);
        auto record = watched(missing).build();
        if ((missing & 1U) != 0) record.leader_keys.clear();
        if ((missing & 2U) != 0) record.canaries.clear();
        if ((missing & 4U) != 0) record.backends.clear();
        if ((missing & 8U) != 0) record.members.clear();
        expect_sum_is_the_downtime(record);
    }
}

TEST(Phases, OfASlowSightingStayWithinTheOutage) {
    // The canary's look that first showed the new leader open came after the first customer's.
    auto record = watched().build();
    record.canaries[1].previous = 44'300ms;
    record.canaries[1].at = 44'600ms;
    expect_sum_is_the_downtime(record);
    EXPECT_LE(failover_of(record).find("writable")->at->high,
              failover_of(record).find("first customer")->at->high);
}

TEST(Phases, LeaveOutALockThatMovedLater) {
    auto record = watched().build();
    for (auto& key : record.leader_keys)
        if (!key.initial) key.at += 20s;  // long after customers were served again
    expect_sum_is_the_downtime(record);
    auto const phases = phases_of(record);
    EXPECT_FALSE(phase(phases, "lock").known);
    EXPECT_NE(phase(phases, "lock").why_unknown.find("not during the outage"), std::string::npos);
}

TEST(Phases, OfARestartInPlace) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 12s, 21s);
    made.fault("process.kill", "db1", 12s, 13s);
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db1", 12s, 12'100ms, true, true, false, 1);
    made.member("db1", 20s, 20'100ms, true, true, true, 2);
    auto const record = made.build();
    auto const phases = phases_of(record);
    EXPECT_NEAR(seconds(phase(phases, "restart").best), 8.05, 0.05);
    EXPECT_NEAR(seconds(phase(phases, "route").best), 0.95, 0.05);
    EXPECT_NEAR(seconds(phase(phases, "redundant").best), 8.05, 0.05) << "the only member is back";
    expect_sum_is_the_downtime(record);
}

// The synchronous standby db2 dies at 12 s; Patroni drops it between two looks at 54.2 s. Looks
// come every 100 ms, as those of the observer.
RecordBuilder waited(Offset served_again) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 12s, served_again);
    made.fault("node.crash", "db2", 12s, 58s);
    made.member("db1", -1ns, 1s, true, true, true, 1);
    for (Offset look = 1s; look < 60s; look += 100ms) {
        bool const waits = look > 12s && look < 54'200ms;
        made.record.replication.push_back({.node = "db1",
                                           .timeline = 1,
                                           .written = 1 << 20,
                                           .asked = look,
                                           .at = look + 3ms,
                                           .sync_standbys = look < 54'200ms ? "db2" : "",
                                           .sync_waited = waits ? look - 12s : Offset::zero()});
    }
    return made;
}

TEST(Phases, OfAWaitForASynchronousStandby) {
    auto const record = waited(54'500ms).build();  // its connections had to be made anew
    auto const phases = phases_of(record);
    ASSERT_EQ(phases.size(), 4U) << "no lock, promotion, restart or route";
    EXPECT_EQ(phases[1].name, "sync wait");
    EXPECT_NEAR(seconds(phase(phases, "sync wait").best), 54.15 - 12.05, 0.1);
    EXPECT_NEAR(seconds(phase(phases, "reconnect").best), 0.35, 0.1);
    expect_sum_is_the_downtime(record);
    EXPECT_EQ(failover_of(record).find("sync wait over")->source,
              "PostgreSQL of db1: commits waited up to 42.10 s with synchronous_standby_names "
              "'db2', which then was empty");
}

TEST(Phases, OfAWaitWhoseLastAttemptsWereStillInTime) {
    // Attempts that began up to a second before the standby was dropped are answered in time, so
    // the outage ends before the wait does.
    auto const record = waited(53'200ms).build();
    auto const phases = phases_of(record);
    EXPECT_NEAR(seconds(phase(phases, "sync wait").best), 53.19 - 12.05, 0.1);
    EXPECT_NEAR(seconds(phase(phases, "reconnect").best), 0, 0.03);
    expect_sum_is_the_downtime(record);
    EXPECT_FALSE(failover_of(record).find("sync wait over")->aside);
}

TEST(Phases, OfAWaitAfterAPromotion) {
    auto made = watched();
    for (Offset const look : {Offset(43s), Offset(43'100ms), Offset(43'900ms), Offset(44s)})
        made.record.replication.push_back({.node = "db2",
                                           .asked = look,
                                           .at = look + 3ms,
                                           .sync_standbys = "*",
                                           .sync_waited = Offset(look < 44s ? 1200ms : 0ms)});
    // The old leader's commits wait too, cut off as it is: that explains nothing.
    made.record.replication.push_back(
        {.node = "db1", .asked = 43s, .at = 43s, .sync_standbys = "db2", .sync_waited = 30s});
    auto const record = made.build();
    auto const phases = phases_of(record);
    EXPECT_NEAR(seconds(phase(phases, "sync wait").best), 43.95 - 42.355, 0.1);
    EXPECT_NEAR(seconds(phase(phases, "route").best), 44.35 - 43.95, 0.1);
    expect_sum_is_the_downtime(record);
}

TEST(Phases, ShortWaitsForAStandbyAreNone) {
    // A commit that a look finds waiting for some milliseconds is how replication works.
    auto made = waited(20s);
    for (auto& look : made.record.replication)
        look.sync_waited = std::min<Offset>(look.sync_waited, 4ms);
    auto const phases = phases_of(made.build());
    ASSERT_EQ(phases.size(), 3U);
    EXPECT_NEAR(seconds(phase(phases, "unexplained").best), 7, 1.1);
}

TEST(Phases, AWaitThatNobodySawEndSaysSo) {
    auto made = waited(54'500ms);
    std::erase_if(made.record.replication, [](auto const& look) { return look.at > 50s; });
    auto const record = made.build();
    auto const phases = phases_of(record);
    EXPECT_FALSE(phase(phases, "sync wait").known);
    EXPECT_NE(phase(phases, "sync wait").why_unknown.find("still in the end"), std::string::npos);
    expect_sum_is_the_downtime(record);
}

TEST(Phases, OfALeaderThatStayedAreNotMadeUp) {
    // Its proxy lost it for a while: that is a route. Where nothing was seen, nothing is said.
    for (bool const marked : {true, false}) {
        SCOPED_TRACE(marked);
        RecordBuilder made;
        int const id =
            made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
        made.down(id, 12s, 21s);
        made.fault("network.partition", "db1", 12s, 20s);
        made.member("db1", -1ns, 1s, true, true, true, 1);
        using Mark = std::pair<char const*, Offset>;
        for (auto const& [status, when] : {Mark("UP", 1s), Mark("DOWN", 15s), Mark("UP", 20s)})
            if (marked)
                made.record.backends.push_back({.app = "app1",
                                                .backend = "postgres_write",
                                                .server = "db1",
                                                .status = status,
                                                .previous = when - 200ms,
                                                .asked = when - 4ms,
                                                .at = when});
        auto const record = made.build();
        auto const phases = phases_of(record);
        ASSERT_EQ(phases.size(), 3U);
        EXPECT_EQ(phases[1].name, marked ? "route" : "unexplained");
        expect_sum_is_the_downtime(record);
    }
}

TEST(Phases, SayWhyTheyAreNotKnown) {
    EXPECT_TRUE(phases_of(RecordBuilder().build()).empty());
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.fault("node.crash", "db3", 12s, 13s);
    auto const phases = phases_of(made.build());
    ASSERT_FALSE(phases.empty());
    EXPECT_FALSE(phases[0].span.known);
    EXPECT_EQ(phases[0].span.why_unknown, "no write was missing");
}

TEST(Failover, IsRedundantAgainWhenTheLastMemberStreams) {
    auto made = test::killed_leader();
    made.record.steps.clear();
    made.member("db3", 45s, 46s, true, false, false, 2);
    auto const failover = failover_of(made.build());
    EXPECT_NEAR(at(failover, "redundant"), 60.5, 0.001) << "db1 came back between 60 and 61 s";
}

TEST(RedisFailover, TellsWhatSentinelsAndHaproxySaid) {
    auto made = test::killed_leader();
    auto const say = [&](std::string channel, std::string message, Offset when) {
        made.record.sentinel_messages.push_back(
            {.sentinel = "db3", .channel = channel, .message = message, .at = when});
    };
    say("+sdown", "slave 10.0.1.13:6379 10.0.1.13 6379 @ shop 10.0.1.11 6379", 13s);
    say("+sdown", "master shop 10.0.1.11 6379", 17'200ms);
    say("+odown", "master shop 10.0.1.11 6379 #quorum 2/2", 17'300ms);
    say("+switch-master", "shop 10.0.1.11 6379 10.0.2.11 6379", 18'400ms);
    auto const backend = [&](std::string const& app, std::string status, Offset when) {
        made.record.backends.push_back({.app = app,
                                        .backend = "redis_master",
                                        .server = "db2",
                                        .status = std::move(status),
                                        .previous = when - 200ms,
                                        .asked = when - 2ms,
                                        .at = when});
    };
    for (std::string const app : {"app1", "app2"}) {
        backend(app, "DOWN", 300ms);
        backend(app, "UP", 18'650ms);
    }
    Failover const failover = redis_failover_of(made.build());
    EXPECT_TRUE(failover.leader_changed);
    EXPECT_NEAR(at(failover, "outage"), 12.35, 0.06);
    EXPECT_NEAR(at(failover, "sdown"), 17.2, 0.001) << "not the replica's";
    EXPECT_NEAR(at(failover, "odown"), 17.3, 0.001);
    EXPECT_NEAR(at(failover, "switch"), 18.4, 0.001);
    EXPECT_NEAR(at(failover, "agreed"), 18.405, 0.001);
    EXPECT_NEAR(at(failover, "routed"), 18.55, 0.001);
    EXPECT_NEAR(at(failover, "first customer"), 18.71, 0.1);
    EXPECT_EQ(failover.find("switch")->source,
              "Sentinel on db3: +switch-master shop 10.0.1.11 6379 10.0.2.11 6379");
}

TEST(RedisFailover, IsEmptyWhereNothingHappenedToRedis) {
    RecordBuilder made;
    made.stream("carts", Service::cache, "app1:6379", Connection::kept, 100ms, 1s);
    made.fault("node.crash", "db1", 12s, 20s);
    EXPECT_TRUE(redis_failover_of(made.build()).milestones.empty());
}

}  // namespace
}  // namespace interregnum
