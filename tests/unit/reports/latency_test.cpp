// SPDX-License-Identifier: MIT
#include "reports/measures/latency.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Outcome;
using record::Service;
using test::RecordBuilder;

double ms(MeasureValue const& value) { return static_cast<double>(value.best) / 1e6; }

// 100 attempts a second for 60 s; the database stands still from 20 s to 23 s. Attempts that have
// waited a second are given up (so has the open loop it); the others are answered when it goes on.
record::Record stalled() {
    RecordBuilder made;
    made.fault("process.pause", "db1", 20s, 23s);
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 10ms, 1s);
    auto record = made.build();
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.started < 20s || attempt.started >= 23s) continue;
        attempt.finished = std::min(attempt.started + 1s, Offset(23s));
        if (attempt.finished == attempt.started + 1s) {
            attempt.outcome = Outcome::unknown;
            attempt.error = "timeout";
        }
    }
    return record;
}

TEST(Latency, ShowsAStallInThePercentilesAsItMust) {
    auto const record = stalled();
    auto const paths = waits_of(record);
    ASSERT_EQ(paths.size(), 1U);
    Waits const& all = paths[0].all;
    EXPECT_EQ(all.attempts, 6000);
    EXPECT_EQ(all.missing, 200) << "those of the first two seconds; the rest got late answers";
    // 300 of 6,000 attempts were due in the stall; the k-th longest wait is 3 s - 10 ms * k.
    EXPECT_NEAR(ms(all.max), 3000, 12);
    EXPECT_NEAR(ms(all.p999), 3000 - 10 * 6, 12);
    EXPECT_NEAR(ms(all.p99), 3000 - 10 * 60, 12);
    EXPECT_NEAR(ms(all.p95), 10, 12) << "5 % were due in the stall: just not in it";
    EXPECT_LT(ms(all.p50), 10);
    EXPECT_NEAR(ms(test::measure(record, "write.latency.p99")), 2400, 12);
    EXPECT_NEAR(ms(test::measure(record, "write.latency.max")), 3000, 12);
}

TEST(Latency, OfAClosedLoopWouldHaveHiddenIt) {
    // What a client that waits for each answer would have seen of the same stall: one in 5,700.
    auto record = stalled();
    std::erase_if(record.attempts, [](record::Attempt const& attempt) {
        return attempt.started > 20s + 9ms && attempt.started < 23s;
    });
    EXPECT_LT(ms(waits_of(record).at(0).all.p99), 10);
}

TEST(Latency, IsGivenBeforeDuringAndAfter) {
    auto const record = stalled();
    auto const path = waits_of(record).at(0);
    EXPECT_EQ(path.before.attempts, 2000);
    EXPECT_EQ(path.before.attempts + path.during.attempts + path.after.attempts, 6000);
    EXPECT_EQ(path.during.missing, 200);
    EXPECT_LT(ms(path.before.max), 10);
    EXPECT_LT(ms(path.after.max), 10);
    EXPECT_NEAR(ms(path.during.p50), 1500, 30);
    EXPECT_LT(ms(test::measure(record, "write.latency.p99.before")), 10);
    EXPECT_LT(ms(test::measure(record, "write.latency.p99.after")), 10);
    EXPECT_GT(ms(test::measure(record, "write.latency.p99.during")), 2900);
}

TEST(Latency, CountsFromTheDueTime) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 100ms, 1s);
    auto record = made.build();
    record.attempts[300].started += 700ms;  // no client was free
    record.attempts[300].finished += 700ms;
    EXPECT_NEAR(ms(waits_of(record).at(0).all.max), 705, 6);
}

TEST(Latency, OfAQuickRefusalIsNotShort) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 20s, 50s);  // half of the run; two of three are refused within a millisecond
    Waits const all = waits_of(made.build()).at(0).all;
    EXPECT_GT(ms(all.p95), 25'000);
    EXPECT_NEAR(ms(all.max), 30'000, 45);
    EXPECT_LE(all.max.at_least, 30'000'000'000);
    EXPECT_LE(all.max.at_most - all.max.at_least, 40'000'000) << "known to two periods";
}

TEST(Latency, OfASingleErrorIsTheTimeToTheNextTry) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    auto record = made.build();
    record.attempts[1000].outcome = Outcome::failed;
    record.attempts[1000].error = "connection_lost";
    record.attempts[1000].finished = record.attempts[1000].started + 1ms;
    Waits const all = waits_of(record).at(0).all;
    EXPECT_NEAR(ms(all.max), 20 + 5, 6);
    EXPECT_NEAR(static_cast<double>(all.max.at_least) / 1e6, 9, 8);
}

TEST(Latency, HasNoUpperBoundForWhoWasNeverServedAgain) {
    RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 50s, 60s);
    Waits const all = waits_of(made.build()).at(0).all;
    EXPECT_EQ(all.max.at_most, unbounded);
    EXPECT_NEAR(ms(all.max), 10'000, 40);
    EXPECT_NE(all.p50.at_most, unbounded);
}

TEST(Latency, OfALateAnswerIsTheTimeItTook) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    auto record = made.build();
    record.attempts[1000].finished = record.attempts[1000].started + 1700ms;
    EXPECT_NEAR(ms(waits_of(record).at(0).all.max), 1700, 1);
}

TEST(Latency, IsNotKnownWhereNobodyTried) {
    MeasureValue const value = test::measure(RecordBuilder().build(), "voucher.latency.p99.9");
    EXPECT_FALSE(value.known);
    EXPECT_EQ(value.why_unknown, "no attempt was made");
}

}  // namespace
}  // namespace interregnum
