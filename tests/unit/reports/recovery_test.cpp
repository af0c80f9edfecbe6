// SPDX-License-Identifier: MIT
#include "reports/measures/recovery.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;
using test::RecordBuilder;

// One path of orders, 50 a second, and a fault at 12 s.
int orders(RecordBuilder& made) {
    made.fault("node.crash", "db1", 12s, 20s);
    return made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
}

TEST(Recovery, IsZeroWhereTheFaultWasNotFelt) {
    RecordBuilder made;
    orders(made);
    EXPECT_EQ(test::count(made.build(), "write.recovery"), 0);
}

TEST(Recovery, IsNotTheFirstLuckySuccess) {
    RecordBuilder made;
    int const id = orders(made);
    made.down(id, 12'500ms, 20s);
    made.down(id, 23s, 24s);  // three good seconds between are no recovery
    made.down(id, 30s, 31s);
    auto const record = made.build();
    EXPECT_TRUE(test::holds(test::measure(record, "write.recovery"), 31s - 12s));
    auto const all = recoveries_of(record);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].windows, 3);
    ASSERT_TRUE(all[0].stable);
    EXPECT_LE(all[0].stable->high - all[0].stable->low, 41ms);
}

TEST(Recovery, IsWiderByTheDelayOfAForward) {
    auto const recovered = [](Offset delay) {
        RecordBuilder made;
        int const id = orders(made);
        made.record.streams.front().way_delay = delay;
        made.down(id, 12'500ms, 20s);
        return test::measure(made.build(), "write.recovery");
    };
    EXPECT_EQ(recovered(5ms).at_least, recovered(0ms).at_least);
    EXPECT_EQ(recovered(5ms).at_most - recovered(0ms).at_most, 5'000'000);
}

TEST(Recovery, DoesNotWaitForAnOutageAfterAStableStretch) {
    RecordBuilder made;
    int const id = orders(made);
    made.down(id, 12'500ms, 20s);
    made.down(id, 31s, 32s);
    EXPECT_TRUE(test::holds(test::measure(made.build(), "write.recovery"), 20s - 12s));
}

TEST(Recovery, CountsAFaultThatBitesLate) {
    RecordBuilder made;
    int const id = orders(made);
    made.down(id, 35s, 40s);
    EXPECT_TRUE(test::holds(test::measure(made.build(), "write.recovery"), 40s - 12s));
}

TEST(Recovery, HasNoUpperBoundWhereTheRunEndedTooSoon) {
    RecordBuilder made;
    int const id = orders(made);
    made.down(id, 13s, 55s);  // the run's last attempt is 5 s later
    MeasureValue const value = test::measure(made.build(), "write.recovery");
    ASSERT_TRUE(value.known);
    EXPECT_EQ(value.at_most, unbounded);
    EXPECT_NEAR(static_cast<double>(value.at_least) / 1e9, 43, 0.05);
}

TEST(Recovery, IsThatOfTheWorstPathAndFault) {
    RecordBuilder made;
    int const one = orders(made);
    int const two = made.stream("orders", Service::write, "app2:5000", Connection::kept, 20ms, 1s);
    made.length = 90s;
    made.fault("node.crash", "db2", 50s, 60s);
    made.down(one, 12'500ms, 20s);
    made.down(two, 50'500ms, 62s);
    auto const record = made.build();
    EXPECT_TRUE(test::holds(test::measure(record, "write.recovery"), 12s));
    auto const all = recoveries_of(record);
    ASSERT_EQ(all.size(), 4U) << "two paths, two faults";
    EXPECT_EQ(all[1].windows, 0) << "the first path did not feel the second fault";
}

TEST(Recovery, IsNotKnownWithoutAFault) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    EXPECT_EQ(test::measure(made.build(), "write.recovery").why_unknown, "no fault was injected");
}

TEST(Stages, EndWhenTheFaultIsUndoneAndThePathIsStable) {
    RecordBuilder made;
    int const id = orders(made);
    made.down(id, 12'500ms, 30s);
    auto const stages = stages_of(made.build());
    ASSERT_EQ(stages.size(), 1U);
    EXPECT_EQ(stages[0].fault, Offset(12s));
    ASSERT_TRUE(stages[0].after);
    EXPECT_NEAR(static_cast<double>(stages[0].after->count()) / 1e9, 30, 0.05);
}

TEST(Stages, WithoutAnOutageEndWithTheUndo) {
    RecordBuilder made;
    orders(made);
    auto const stages = stages_of(made.build());
    ASSERT_TRUE(stages.at(0).after);
    EXPECT_EQ(*stages[0].after, Offset(20s));
}

}  // namespace
}  // namespace interregnum
