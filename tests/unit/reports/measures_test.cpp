// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "harness/measure.h"
#include "reports/measures/leadership.h"
#include "reports/measures/ledger.h"
#include "reports/measures/lost_tail.h"
#include "reports/measures/quotas.h"
#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Service;
using test::count;
using test::measure;
using test::RecordBuilder;

TEST(Leadership, CountsHandOvers) {
    auto const record = test::killed_leader().build();
    EXPECT_EQ(count(record, "leader.changes"), 1);
    EXPECT_EQ(count(record, "timeline.changes"), 1);
    EXPECT_EQ(count(record, "redis.changes"), 1);
    auto const reigns = reigns_of(record);
    ASSERT_EQ(reigns.size(), 2U);
    EXPECT_EQ(reigns[1].node, "db2");
    EXPECT_EQ(reigns[1].timeline, 2);
    EXPECT_EQ(reigns[1].seen, 41'310ms);
    EXPECT_EQ(reigns[1].not_before, 41'270ms);
}

TEST(Leadership, ARestartInPlaceIsANewTimelineButNoChange) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db1", 9s, 10s, true, true, false, 1);
    made.member("db1", 19s, 20s, true, true, true, 2);
    auto const record = made.build();
    EXPECT_EQ(count(record, "leader.changes"), 0);
    EXPECT_EQ(count(record, "timeline.changes"), 1);
}

TEST(Leadership, ALeaderThatSaysNoTimelineAtFirstHasNotChangedIt) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, false, 0);
    made.member("db1", 2s, 3s, true, true, true, 7);
    made.member("db2", 30s, 31s, true, true, true, 8);
    auto record = made.build();
    EXPECT_EQ(count(record, "timeline.changes"), 1);
    record.members.pop_back();
    EXPECT_EQ(count(record, "timeline.changes"), 0);
}

TEST(Leadership, AnOldLeaderThatWakesUpIsNoChange) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 40s, 41s, true, true, true, 1);  // thawed, still believes
    made.member("db2", 42s, 43s, true, true, true, 2);
    EXPECT_EQ(count(made.build(), "leader.changes"), 1);
}

TEST(Leadership, AnOldLeaderThatIsGivenTheLockBackHasItOnItsOldTimeline) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 40s, 41s, true, true, true, 1);
    made.record.leader_keys = {
        {.holder = "db1", .revision = 3, .told_by = "db3", .initial = true, .at = 0s},
        {.holder = "db2", .revision = 7, .told_by = "db3", .at = 30'900ms},
        {.holder = "db1", .revision = 9, .told_by = "db3", .at = 40'500ms}};
    auto const record = made.build();
    EXPECT_EQ(count(record, "leader.changes"), 2);
    EXPECT_EQ(count(record, "timeline.changes"), 1);
    EXPECT_EQ(reigns_of(record).back().timeline, 1);
}

TEST(Leadership, ThereAndBackAreTwoChanges) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 40s, 41s, true, true, true, 3);
    EXPECT_EQ(count(made.build(), "leader.changes"), 2);
}

TEST(Leadership, IsNotKnownWithoutALeader) {
    EXPECT_FALSE(measure(RecordBuilder().build(), "leader.changes").known);
    EXPECT_FALSE(measure(RecordBuilder().build(), "redis.changes").known);
}

TEST(Leadership, ASentinelThatIsLeftAloneDecidesNothing) {
    RecordBuilder made;
    auto const names = [&](std::string sentinel, std::string master, record::Offset at) {
        made.record.redis_masters.push_back(
            {.sentinel = std::move(sentinel), .master = std::move(master), .asked = at, .at = at});
    };
    for (char const* sentinel : {"db1", "db2", "db3"}) names(sentinel, "db1", 1s);
    names("app1", "", 1s);  // there is none
    names("db2", "db2", 18s);
    names("db3", "db2", 19s);
    // db1's still names the old master; for a moment the others have no answer.
    names("db2", "", 30s);
    names("db3", "", 30s);
    names("db2", "db2", 31s);
    names("db3", "db2", 31s);
    EXPECT_EQ(count(made.build(), "redis.changes"), 1);
}

TEST(Leadership, OfTwoSentinelsThatAreWatchedTheOneThatLivesDecides) {
    RecordBuilder made;
    auto const names = [&](std::string sentinel, std::string master, record::Offset at) {
        made.record.redis_masters.push_back(
            {.sentinel = std::move(sentinel), .master = std::move(master), .asked = at, .at = at});
    };
    // The third is a witness on an application node.
    for (char const* sentinel : {"db1", "db2"}) names(sentinel, "db1", 1s);
    names("db1", "", 12s);
    names("db2", "db2", 18s);
    EXPECT_EQ(count(made.build(), "redis.changes"), 1);
}

RecordBuilder orders() {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 100ms, 1s);
    made.down(id, 10s, 12s);
    return made;
}

TEST(Ledger, FindsNothingWrongWhereNothingIs) {
    auto const record = orders().build();
    EXPECT_EQ(count(record, "lost"), 0);
    EXPECT_EQ(count(record, "ghost"), 0);
    EXPECT_EQ(count(record, "duplicated"), 0);
    EXPECT_EQ(count(record, "unknown.present") + count(record, "unknown.absent"), 6);
}

TEST(Ledger, FindsLostGhostsAndDoubles) {
    auto made = orders();
    made.lose = {"orders-1-5", "orders-1-7", "orders-1-101"};  // 101 failed: not lost
    made.doubled = {"orders-1-9"};
    made.failed_ones_present = true;
    auto const record = made.build();
    EXPECT_EQ(count(record, "lost"), 2);
    EXPECT_EQ(count(record, "duplicated"), 1);
    EXPECT_EQ(count(record, "ghost"), 1);
    auto const ledgers = ledgers_of(record);
    ASSERT_EQ(ledgers.size(), 1U);
    ASSERT_EQ(ledgers[0].lost.size(), 2U);
    EXPECT_EQ(ledgers[0].lost[0].token, "orders-1-5");
    EXPECT_EQ(ledgers[0].doubled[0].rows, 2);
}

TEST(Ledger, OneTokenInTwoRowsIsDoubledToo) {
    auto record = orders().build();
    record.final_rows[0].rows.push_back({.token = "orders-1-3"});
    EXPECT_EQ(count(record, "duplicated"), 1);
}

TEST(Ledger, SaysWhichLostOnesAReplicaStillHas) {
    auto made = orders();
    made.lose = {"orders-1-5", "orders-1-7"};
    auto record = made.build();
    record.final_rows.push_back({.kind = "orders",
                                 .source = "db3",
                                 .role = "replica",
                                 .rows = {{.token = "orders-1-7"}},
                                 .last = true});
    EXPECT_EQ(count(record, "lost"), 2) << "a replica's row does not make it found";
    EXPECT_EQ(ledgers_of(record)[0].on_replicas, std::vector<std::string>{"orders-1-7"});
}

TEST(Ledger, KnowsNothingWithoutACompleteFinalRead) {
    auto made = orders();
    made.final_reads = false;
    EXPECT_FALSE(measure(made.build(), "lost").known);
    auto record = orders().build();
    record.final_rows[0].last = false;
    MeasureValue const value = measure(record, "lost");
    EXPECT_FALSE(value.known);
    EXPECT_EQ(value.why_unknown, "there is no complete final read of orders");
    EXPECT_FALSE(measure(RecordBuilder().build(), "lost").known);
}

TEST(Ledger, KeepsRedisApart) {
    RecordBuilder made;
    made.stream("carts", Service::cache, "app1:6379", Connection::kept, 100ms, 1s);
    made.lose = {"carts-1-5"};
    auto const record = made.build();
    EXPECT_EQ(count(record, "cache.lost"), 1);
    EXPECT_FALSE(measure(record, "lost").known);
}

TEST(LostTail, CountsTheWalOfTheFirstLostOneToo) {
    record::Record record;
    auto const saw = [&](record::Offset at, std::int64_t written) {
        record.replication.push_back(
            {.node = "db1", .timeline = 1, .written = written, .asked = at - 1ms, .at = at});
    };
    saw(1s, 1000);
    saw(2005ms, 4000);  // begun by then, and not acknowledged yet
    saw(3s, 9000);
    Ledger ledger{.kind = "orders"};
    ledger.lost.push_back({.started = 2s, .finished = 2010ms});
    EXPECT_EQ(lost_tail(record, ledger).wal_bytes.value_or(0), 8000);
}

TEST(Fences, AreNotKnownWhereNobodyHeldALock) {
    EXPECT_FALSE(measure(orders().build(), "fences.broken").known);
    RecordBuilder made;
    made.stream("carts", Service::cart, "app1:6379", Connection::kept, 100ms, 1s);
    auto record = made.build();
    EXPECT_FALSE(measure(record, "fences.broken").known) << "nobody was given a token";
    for (record::Attempt& attempt : record.attempts) attempt.id = attempt.number + 1;
    EXPECT_EQ(count(record, "fences.broken"), 0);
}

TEST(Quotas, AreOversoldByRowsOrByTheLedger) {
    RecordBuilder made;
    made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    made.record.final_quotas.push_back({.name = "hot", .size = 60, .sold = 60});
    auto record = made.build();
    EXPECT_EQ(count(record, "oversold"), 0);
    record.final_quotas[0].sold = 63;
    EXPECT_EQ(count(record, "oversold"), 3);
    record.final_quotas[0] = {.name = "hot", .size = 55, .sold = 55};  // 60 customers were told ok
    EXPECT_EQ(count(record, "oversold"), 5);
    EXPECT_FALSE(measure(RecordBuilder().build(), "oversold").known);
}

TEST(Quotas, SayNothingOfAllWhereTheControllerWasKilledAsItWroteThem) {
    RecordBuilder made;
    made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    made.record.final_quotas.push_back({.name = "hot", .size = 30, .sold = 30});
    auto record = made.build();
    record.ended.reset();  // the other performance's quota, of 30 more, was not written any more
    EXPECT_EQ(count(record, "oversold"), 0);
    // What comes behind the quotas is there, so all of them are, too.
    record.final_rows.push_back({.kind = "canaries", .source = "db2", .role = "leader"});
    EXPECT_EQ(count(record, "oversold"), 30);
}

}  // namespace
}  // namespace interregnum
