// SPDX-License-Identifier: MIT
#include "reports/measures/failover.h"

#include <algorithm>
#include <string_view>

#include <gtest/gtest.h>

#include "reports/measures/phases.h"
#include "tests/unit/reports/phases.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;
using test::at;
using test::expect_sum_is_the_downtime;
using test::phase;
using test::RecordBuilder;
using test::seconds;
using test::watched;

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

TEST(Failover, OfAPathThroughAForwardIsKnownOnlyToWithinItsDelay) {
    auto const plain = watched().build();
    auto far = plain;
    for (auto& stream : far.streams) {
        stream.way = "via app1";
        stream.way_delay = 800us;
    }
    Failover const near_by = failover_of(plain);
    Failover const through = failover_of(far);
    auto const added = [&](std::string_view name, Offset Moment::* bound) {
        return (*through.find(name)->at).*bound - (*near_by.find(name)->at).*bound;
    };
    // What an attempt met at the entry it met up to so much after it started...
    for (char const* name : {"outage", "first customer", "all customers"}) {
        EXPECT_EQ(added(name, &Moment::low), 0us) << name;
        EXPECT_EQ(added(name, &Moment::high), 800us) << name;
        EXPECT_EQ(added(name, &Moment::best), 400us) << name;
    }
    // ... and its answer left there up to so much before it came.
    EXPECT_EQ(added("detected", &Moment::low), -800us);
    EXPECT_EQ(added("detected", &Moment::high), 0us);
    EXPECT_EQ(added("lock taken", &Moment::high), 0us) << "nobody saw that through it";
    expect_sum_is_the_downtime(far);
}

TEST(Failover, AServerOfALongerNumberIsAnotherNodes) {
    auto made = watched();
    for (record::BackendSeen const& seen : std::vector(made.record.backends)) {
        if (seen.server != "db2") continue;
        made.record.backends.push_back(seen);
        made.record.backends.back().server = "db20";
        made.record.backends.back().at -= 1s;
    }
    EXPECT_EQ(failover_of(made.build()).find("routed")->source,
              "HAProxy on app1: postgres_write/db2 up");
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

TEST(Failover, AChangeThatAWatchMadeAnewToldHasItsBound) {
    auto record = watched().build();
    for (auto& key : record.leader_keys)
        if (key.revision == 20) key.previous = 37s;
    Failover const failover = failover_of(record);
    EXPECT_EQ(failover.find("lock lost")->at->low, Offset(37s));
    EXPECT_NEAR(at(failover, "lock lost"), 38.95, 0.01) << "in the middle of what is known";
    EXPECT_EQ(failover.find("lock taken")->at->low, 41'150ms) << "pushed: at most 100 ms late";
    expect_sum_is_the_downtime(record);
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

// What a PostgreSQL that was killed on the lab looked like: who came up to a second before it took
// writes again waited, and was served.
TEST(Phases, OfAServerThatTheFirstCustomerWaitedForEndWhenHeCame) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 12s, 21s);
    made.fault("process.kill", "db1", 12s, 13s);
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db1", 12s, 12'100ms, true, true, false, 1);
    made.member("db1", 21'700ms, 21'800ms, true, true, true, 1);
    auto record = made.build();
    auto const first = std::ranges::find_if(
        record.attempts, [](auto const& attempt) { return attempt.started >= 21s; });
    ASSERT_NE(first, record.attempts.end());
    first->finished = 21'850ms;
    Failover const failover = failover_of(record);
    EXPECT_FALSE(failover.find("writable")->aside);
    EXPECT_NEAR(at(failover, "writable"), 21.75, 0.06) << "as it was seen";
    auto const phases = phases_of(record);
    EXPECT_NEAR(seconds(phase(phases, "restart").best), 9.0, 0.05);
    EXPECT_NEAR(seconds(phase(phases, "route").best), 0, 0.03);
    expect_sum_is_the_downtime(record);
    // Who was answered before cannot have waited for it.
    first->finished = 21'500ms;
    EXPECT_TRUE(failover_of(record).find("writable")->aside);
    EXPECT_TRUE(phase(phases_of(record), "unexplained").known);
    expect_sum_is_the_downtime(record);
}

// The first customer waited for the lock as the observers saw it, and a canary saw the new leader
// open before: no time counts twice.
TEST(Phases, OfAnEffectThatWasSeenBeforeItsCauseAddUp) {
    auto made = watched();
    made.record.leader_keys.clear();
    auto record = made.build();
    Offset const served = failover_of(record).find("first customer")->at->high;
    for (auto& member : record.members)
        if (member.node == "db2" && member.holds_lock) {
            member.previous = served + 200ms;
            member.asked = served + 300ms;
            member.at = served + 310ms;
        }
    for (auto& attempt : record.attempts)
        if (attempt.started <= served && attempt.finished >= served - 100ms)
            attempt.finished = attempt.started + 900ms;
    ASSERT_GT(failover_of(record).find("lock taken")->at->low, served);
    expect_sum_is_the_downtime(record);
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
