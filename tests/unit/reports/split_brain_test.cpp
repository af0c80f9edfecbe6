// SPDX-License-Identifier: MIT
#include "reports/measures/split_brain.h"

#include <gtest/gtest.h>

#include "reports/measures/canary_rows.h"
#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;
using test::RecordBuilder;

using record::Attempt;
using test::count;

void canary(RecordBuilder& made, std::string node, Offset previous, Offset at, bool accepted,
            std::string error = "read_only") {
    made.record.canaries.push_back({.node = std::move(node),
                                    .accepted = accepted,
                                    .timeline = accepted ? 1 : 0,
                                    .error = accepted ? "" : std::move(error),
                                    .previous = previous,
                                    .asked = at - 3ms,
                                    .at = at});
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
    EXPECT_EQ(grade_of(cases[0]), "grade C: customers were served by both");
    for (Attempt& attempt : record.attempts) attempt.server = attempt.number < 300 ? "a" : "b";
    EXPECT_TRUE(split_brains(record).empty());
}

// db1 stands still but for its PostgreSQL; db2 takes over at 31 s; db1 is closed at 36 s.
RecordBuilder two_leaders() {
    RecordBuilder made;
    canary(made, "db1", -1ns, 100ms, true);
    canary(made, "db2", -1ns, 100ms, false);
    canary(made, "db2", 30'900ms, 31s, true);
    canary(made, "db1", 35'900ms, 36s, false);
    return made;
}

TEST(SplitBrain, IsSeenInTestWritesWithBothBounds) {
    auto const record = two_leaders().build();
    auto const cases = split_brains(record);
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_TRUE(cases[0].canaries);
    EXPECT_EQ(grade_of(cases[0]), "grade B: both took writes");
    EXPECT_EQ(cases[0].from, Offset(31s));
    EXPECT_EQ(cases[0].to, Offset(35'900ms));
    EXPECT_EQ(cases[0].earliest, Offset(30'900ms));
    EXPECT_EQ(cases[0].latest, Offset(36s));
    EXPECT_EQ(cases[0].sentence,
              "db1 and db2 both accepted test writes for at least 4.90 s from 31.00 s into the run "
              "(at most 5.10 s)");
    MeasureValue const time = test::measure(record, "split_brain.time");
    EXPECT_EQ(time.at_least, 4'900'000'000);
    EXPECT_EQ(time.at_most, 5'100'000'000);
}

TEST(SplitBrain, IsCertainOnlyAsLongAsSomebodyLooked) {
    RecordBuilder made;
    canary(made, "db1", -1ns, 100ms, true);
    canary(made, "db2", -1ns, 100ms, false);
    canary(made, "db2", 30'900ms, 31s, true);
    for (std::string const node : {"db1", "db2"})
        made.record.observer_costs.push_back({.observer = "canary", .node = node, .at = 50s});
    auto const cases = split_brains(made.build());  // which ends at 62 s
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_EQ(cases[0].from, Offset(31s));
    EXPECT_EQ(cases[0].to, Offset(49s));  // a look under way may have been the last
    EXPECT_EQ(cases[0].latest, Offset(62s));
}

TEST(SplitBrain, TellsWhichTestWritesTheLosingSideHadTakenForNothing) {
    RecordBuilder made;
    auto const look = [&](std::string node, Offset at, bool accepted, std::int64_t number) {
        made.record.canaries.push_back({.node = std::move(node),
                                        .accepted = accepted,
                                        .timeline = accepted ? 1 : 0,
                                        .number = number,
                                        .error = accepted ? "" : "read_only",
                                        .previous = at - 100ms,
                                        .asked = at - 3ms,
                                        .at = at});
    };
    look("db1", 1s, true, 1);
    look("db2", 1s, false, 0);
    look("db2", 31s, true, 1);
    look("db1", 36s, false, 350);
    auto record = made.build();
    auto const losses = [&record] { return canary_losses(record, split_brains(record).at(0)); };
    EXPECT_EQ(losses(),
              (std::vector<std::string>{
                  "db1 acknowledged its test writes 1 to 350 in that time; nobody read them back",
                  "db2 acknowledged its test writes 1 in that time; nobody read them back"}));
    record.final_rows.push_back({.kind = "canaries",
                                 .source = "db2",
                                 .role = "leader",
                                 .rows = {{"db1/1", 1, 300}, {"db1/340", 340, 2}, {"db2/1", 1, 90}},
                                 .last = true,
                                 .at = 60s});
    EXPECT_EQ(losses(),
              (std::vector<std::string>{
                  "db1 acknowledged its test writes 1 to 350 in that time: 48 of 350 are gone from "
                  "db2 in the end (301 to 339, 342 to 350)",
                  "db2 acknowledged its test writes 1 to 90 in that time: all are there on db2 in "
                  "the end"}));
    record.final_rows[0].last = false;  // more pieces than were listed: nothing seems missing
    EXPECT_TRUE(losses().at(0).ends_with("; nobody read them back"));
}

TEST(SplitBrain, SeenByTwoObserversIsOne) {
    auto made = two_leaders();
    made.member("db1", -1ns, 1s, true, true, true, 1);
    made.member("db2", 30s, 31s, true, true, true, 2);
    made.member("db1", 35s, 36s, true, false, false, 1);
    EXPECT_EQ(count(made.build(), "split_brain"), 1);
}

TEST(SplitBrain, OfANodeThatFellSilentHasALateUpperBound) {
    RecordBuilder made;
    canary(made, "db1", -1ns, 100ms, true);
    canary(made, "db2", 30'900ms, 31s, true);
    canary(made, "db1", 34s, 35s, false, "timeout");  // cut off: it may go on taking writes
    canary(made, "db1", 49s, 50s, false);
    auto const cases = split_brains(made.build());
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_EQ(cases[0].to, Offset(34s));
    EXPECT_EQ(cases[0].latest, Offset(50s));
}

TEST(SplitBrain, IsNoneWhereOneEndsBeforeTheOtherBegins) {
    RecordBuilder made;
    canary(made, "db1", -1ns, 100ms, true);
    canary(made, "db1", 29'900ms, 30s, false);
    canary(made, "db2", 29'950ms, 30'050ms, true);
    auto const record = made.build();
    EXPECT_EQ(count(record, "split_brain"), 0);
    EXPECT_EQ(count(record, "split_brain.time"), 0);
    EXPECT_FALSE(test::measure(RecordBuilder().build(), "split_brain.time").known);
}

}  // namespace
}  // namespace interregnum
