// SPDX-License-Identifier: MIT
#include "reports/measures/brownout.h"

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

// 50 orders a second, a fault at 20 s.
RecordBuilder orders() {
    RecordBuilder made;
    made.fault("network.loss", "db1", 20s, 30s);
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    return made;
}

record::Record with(RecordBuilder made, Offset from, Offset to, auto change) {
    auto record = made.build();
    for (record::Attempt& attempt : record.attempts)
        if (attempt.due >= from && attempt.due < to) change(attempt);
    return record;
}

void fail(record::Attempt& attempt) {
    attempt.outcome = Outcome::failed;
    attempt.error = "server_error";
}

TEST(Brownout, IsNothingWhereAllIsAsBefore) {
    EXPECT_EQ(test::count(orders().build(), "write.brownout"), 0);
}

TEST(Brownout, IsSeenInTheShareOfAnswers) {
    auto const record = with(orders(), 22s, 26s, [](record::Attempt& attempt) {
        if (attempt.number % 5 == 0) fail(attempt);  // every fifth: never down for a second
    });
    auto const all = brownouts_of(record);
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].windows.size(), 1U);
    EXPECT_EQ(all[0].windows[0].from, Offset(22s));
    EXPECT_EQ(all[0].windows[0].to, Offset(26s));
    EXPECT_EQ(all[0].windows[0].missing, 40);
    EXPECT_TRUE(test::holds(test::measure(record, "write.brownout"), 4s));
    EXPECT_EQ(test::measure(record, "write.brownout").best, 4'000'000'000);
}

TEST(Brownout, IsSeenInTheMedianWait) {
    auto const record = with(orders(), 22s, 25s, [](record::Attempt& attempt) {
        attempt.finished += 40ms;  // well within the deadline: no downtime at all
    });
    EXPECT_EQ(test::count(record, "write.downtime"), 0);
    EXPECT_TRUE(test::holds(test::measure(record, "write.brownout"), 3s));
}

TEST(Brownout, DoesNotMindOneErrorOrAFewSlowAnswers) {
    auto const record = with(orders(), 22s, 40s, [](record::Attempt& attempt) {
        if (attempt.number % 50 == 0) fail(attempt);            // 2 %
        if (attempt.number % 4 == 0) attempt.finished += 40ms;  // a quarter
    });
    EXPECT_EQ(test::count(record, "write.brownout"), 0);
}

TEST(Brownout, IsNotTheOutageNorItsEdges) {
    auto made = orders();
    made.down(1, 20'300ms, 28'700ms);
    EXPECT_EQ(test::count(made.build(), "write.brownout"), 0);
}

TEST(Brownout, UsesWiderBinsForRareAttempts) {
    RecordBuilder made;
    made.length = 120s;
    made.fault("network.loss", "db1", 60s, 90s);
    made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    auto const record = with(std::move(made), 70s, 80s, [](record::Attempt& attempt) {
        if (attempt.number % 2 == 0) fail(attempt);
    });
    auto const all = brownouts_of(record);
    ASSERT_EQ(all.at(0).windows.size(), 1U);
    EXPECT_EQ(all[0].windows[0].to - all[0].windows[0].from, Offset(10s));
}

TEST(Brownout, NeedsASteadyTimeBeforeAFault) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    EXPECT_EQ(test::measure(made.build(), "write.brownout").why_unknown, "no fault was injected");
    RecordBuilder early;
    early.fault("network.loss", "db1", 3s, 9s);
    early.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    EXPECT_FALSE(test::measure(early.build(), "write.brownout").known);
}

}  // namespace
}  // namespace interregnum
