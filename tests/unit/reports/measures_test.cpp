// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "harness/measure.h"
#include "reports/measures/leadership.h"
#include "reports/measures/ledger.h"
#include "reports/measures/phases.h"
#include "reports/measures/quotas.h"
#include "reports/measures/split_brain.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Attempt;
using record::Connection;
using record::Outcome;
using record::Service;
using test::RecordBuilder;

MeasureValue measure(record::Record const& record, std::string_view name) {
    MeasureKind const* kind = Registry<MeasureKind>::find(name);
    EXPECT_NE(kind, nullptr) << name;
    return kind == nullptr ? MeasureValue{} : kind->compute(record);
}

std::int64_t count(record::Record const& record, std::string_view name) {
    MeasureValue const value = measure(record, name);
    EXPECT_TRUE(value.known) << name << ": " << value.why_unknown;
    EXPECT_EQ(value.at_least, value.at_most) << name;
    return value.best;
}

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

TEST(Leadership, AnOldLeaderThatWakesUpIsNoChange) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 40s, 41s, true, true, true, 1);  // thawed, still believes
    made.member("db2", 42s, 43s, true, true, true, 2);
    EXPECT_EQ(count(made.build(), "leader.changes"), 1);
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

TEST(SplitBrain, NeedsMoreThanTheErrorOfObservation) {
    EXPECT_EQ(count(test::killed_leader().build(), "split_brain"), 0);
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 30s, 33s, true, false, false, 1);  // last seen writable when asked at 30 s
    EXPECT_EQ(count(made.build(), "split_brain"), 0);
}

TEST(SplitBrain, IsSeenWhereTwoNodesAreWritable) {
    RecordBuilder made;
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 35s, 36s, true, false, false, 1);
    auto const cases = split_brains(made.build());
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_EQ(cases[0].from, 31s);
    EXPECT_EQ(cases[0].to, 35s);
    EXPECT_EQ(cases[0].sentence,
              "db1 and db2 were both writable for at least 4.00 s from 31.00 s into the run");
}

TEST(SplitBrain, IsSeenInWhoServedCustomers) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 100ms, 1s);
    auto record = made.build();
    for (Attempt& attempt : record.attempts) attempt.server = attempt.number % 2 != 0 ? "a" : "b";
    auto const cases = split_brains(record);
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_TRUE(cases[0].customers);
    for (Attempt& attempt : record.attempts) attempt.server = attempt.number < 300 ? "a" : "b";
    EXPECT_TRUE(split_brains(record).empty());
}

MeasureValue phase(std::vector<Phase> const& phases, std::string_view name) {
    for (Phase const& one : phases)
        if (one.name == name) return one.span;
    ADD_FAILURE() << "no phase " << name;
    return {};
}

TEST(Phases, AddUpFromTheFaultToTheFirstGoodWrite) {
    auto const phases = phases_of(test::killed_leader().build());
    ASSERT_EQ(phases.size(), 5U);
    std::int64_t sum = 0;
    for (std::string const name : {"detect", "lock", "promote", "route"}) {
        MeasureValue const span = phase(phases, name);
        ASSERT_TRUE(span.known) << name;
        EXPECT_LE(span.at_least, span.best) << name;
        EXPECT_LE(span.best, span.at_most) << name;
        sum += span.best;
    }
    EXPECT_NEAR(static_cast<double>(sum) / 1e9, 44.35 - 12.0, 0.05);
    EXPECT_NEAR(static_cast<double>(phase(phases, "lock").best) / 1e9, 41.29 - 12.41, 0.05);
    EXPECT_EQ(phase(phases, "redundant").best, 58'000'000'000);
}

TEST(Phases, OfARestartInPlace) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 12s, 21s);
    made.fault("process.kill", "db1", 12s, 13s);
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db1", 12s, 12'100ms, true, true, false, 1);
    made.member("db1", 20s, 20'100ms, true, true, true, 2);
    auto const phases = phases_of(made.build());
    EXPECT_NEAR(static_cast<double>(phase(phases, "restart").best) / 1e9, 8.05, 0.05);
    EXPECT_NEAR(static_cast<double>(phase(phases, "route").best) / 1e9, 0.95, 0.05);
    EXPECT_FALSE(phase(phases, "redundant").known);
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

}  // namespace
}  // namespace interregnum
