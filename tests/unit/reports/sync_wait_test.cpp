// SPDX-License-Identifier: MIT
// Outages of a leader that stayed, or took over: what is said of them, and what is not.
#include "reports/measures/sync_wait.h"

#include <gtest/gtest.h>

#include "tests/unit/reports/phases.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;
using test::expect_sum_is_the_downtime;
using test::phase;
using test::RecordBuilder;
using test::seconds;
using test::watched;

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

TEST(Phases, ALookThatGaveUpOnABusyLeaderIsNoRestart) {
    auto made = waited(54'500ms);
    auto const canary = [&](std::string error, Offset asked) {
        made.record.canaries.push_back({.node = "db1",
                                        .accepted = error.empty(),
                                        .error = error,
                                        .previous = asked - 100ms,
                                        .asked = asked,
                                        .at = asked + 5ms});
    };
    canary("", 1s);
    canary("timeout", 15'300ms);
    canary("", 15'900ms);
    canary("too_many_connections", 20s);
    canary("", 54'300ms);
    made.member("db1", 30s, 31s, false, false, false, 1);  // Patroni did not answer either
    made.member("db1", 33s, 34s, true, true, true, 1);
    auto record = made.build();
    EXPECT_EQ(failover_of(record).find("writable")->source, "canary writes on db1 met no break");
    EXPECT_EQ(phases_of(record)[1].name, "sync wait");
    expect_sum_is_the_downtime(record);
    // Silent for most of the outage: it was away, whatever the reason.
    record.canaries[2].asked = 45s;
    record.canaries[2].at = 45'005ms;
    record.canaries[3].at = 50s;
    EXPECT_EQ(phases_of(record)[1].name, "restart");
    expect_sum_is_the_downtime(record);
}

TEST(Phases, OfARestartAfterAWait) {
    auto made = waited(58s);
    for (auto const& [accepted, asked] :
         {std::pair(true, Offset(1s)), std::pair(false, Offset(55s)), std::pair(true, Offset(57s))})
        made.record.canaries.push_back({.node = "db1",
                                        .accepted = accepted,
                                        .error = accepted ? "" : "connect_refused",
                                        .previous = asked - 100ms,
                                        .asked = asked,
                                        .at = asked + 5ms});
    auto const record = made.build();
    auto const phases = phases_of(record);
    ASSERT_EQ(phases.size(), 5U);
    EXPECT_EQ(phases[1].name, "sync wait");
    EXPECT_NEAR(seconds(phases[1].span.best), 54.15 - 12.05, 0.1);
    EXPECT_EQ(phases[2].name, "restart");
    EXPECT_EQ(phases[3].name, "route");
    expect_sum_is_the_downtime(record);
}

}  // namespace
}  // namespace interregnum
