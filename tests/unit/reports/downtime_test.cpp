// SPDX-License-Identifier: MIT
#include "reports/measures/downtime.h"

#include <random>

#include <gtest/gtest.h>

#include "harness/record/reader.h"
#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Service;

std::vector<Sample> samples(std::string const& pattern) {  // one every 20 ms; '.' good, 'x' not
    std::vector<Sample> made;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        made.push_back({.started = 20ms * static_cast<int>(i), .good = pattern[i] == '.'});
    return made;
}

TEST(Outages, OfAPathBehindAForwardAreKnownToWithinItsDelay) {
    auto const outages = find_outages(samples("..xxx.."), 3ms);
    ASSERT_EQ(outages.size(), 1U);
    EXPECT_EQ(outages[0].at_least(), 37ms);
    EXPECT_EQ(outages[0].at_most(), 83ms);
    EXPECT_EQ(outages[0].best(), 60ms);
    EXPECT_EQ(find_outages(samples("..x.."), 3ms)[0].at_least(), 0ms);
    // An attempt reaches the entry after it started, never before.
    EXPECT_EQ(outages[0].began().low, 20ms);
    EXPECT_EQ(outages[0].began().high, 43ms);
    ASSERT_TRUE(outages[0].ended());
    EXPECT_EQ(outages[0].ended()->low, 80ms);
    EXPECT_EQ(outages[0].ended()->high, 103ms);
    EXPECT_FALSE(find_outages(samples("..x"), 3ms)[0].ended());
}

TEST(Outages, NoneWhereEverythingIsGood) {
    EXPECT_TRUE(find_outages(samples("....")).empty());
    EXPECT_TRUE(find_outages({}).empty());
}

TEST(Outages, BoundsComeFromTheNeighbours) {
    auto const outages = find_outages(samples("..xxx.."));
    ASSERT_EQ(outages.size(), 1U);
    EXPECT_EQ(outages[0].at_least(), 40ms);  // 40 to 80
    EXPECT_EQ(outages[0].at_most(), 80ms);   // 20 to 100
    EXPECT_EQ(outages[0].best(), 60ms);
    EXPECT_EQ(outages[0].missing, 3);
}

TEST(Outages, ASingleMissingAttemptIsAtLeastNothing) {
    auto const outages = find_outages(samples("..x.."));
    ASSERT_EQ(outages.size(), 1U);
    EXPECT_EQ(outages[0].at_least(), 0ms);
    EXPECT_EQ(outages[0].at_most(), 40ms);
}

TEST(Outages, EveryRunOfMissingAttemptsIsOne) {
    EXPECT_EQ(find_outages(samples("x.x.xx.x")).size(), 4U);
}

TEST(Outages, OneThatNeverEndedHasNoUpperBound) {
    auto const outages = find_outages(samples("..xx"));
    ASSERT_EQ(outages.size(), 1U);
    EXPECT_FALSE(outages[0].first_good);
    EXPECT_EQ(outages[0].at_most().count(), unbounded);
    EXPECT_EQ(outages[0].best(), 20ms);
}

TEST(Outages, OneThatWasThereFromTheBeginningCountsFromTheFirstAttempt) {
    auto const outages = find_outages(samples("xx.."));
    ASSERT_EQ(outages.size(), 1U);
    EXPECT_FALSE(outages[0].last_good);
    EXPECT_EQ(outages[0].at_least(), 20ms);
    EXPECT_EQ(outages[0].at_most(), 40ms);
}

// The promise of the whole measure: the truth is inside the bounds, and they are no wider than
// two periods and the jitter of the starts.
TEST(Downtime, HoldsTheTruthInBoundsTwoPeriodsWide) {
    std::mt19937_64 random(20'261'122);
    for (int round = 0; round < 300; ++round) {
        test::RecordBuilder made(random());
        Offset const period{
            std::uniform_int_distribution<std::int64_t>(5'000'000, 100'000'000)(random)};
        made.length = 20s;
        int const id =
            made.stream("orders", Service::write, "app1:5000", Connection::kept, period, 1s);
        Offset const from{
            std::uniform_int_distribution<std::int64_t>(1'000'000'000, 5'000'000'000)(random)};
        Offset const length{
            std::uniform_int_distribution<std::int64_t>(2 * period.count(), 9'000'000'000)(random)};
        made.down(id, from, from + length);
        auto const paths = paths_of(made.build());
        ASSERT_EQ(paths.size(), 1U);
        MeasureValue const value = paths[0].downtime();
        ASSERT_TRUE(value.known);
        EXPECT_LE(value.at_least, length.count());
        EXPECT_GE(value.at_most, length.count());
        EXPECT_LE(value.at_most - value.at_least, 2 * period.count() + 1'000'000);
        EXPECT_LE(value.at_least, value.best);
        EXPECT_LE(value.best, value.at_most);
    }
}

TEST(Downtime, IsTheSumOfTheOutagesOfAPath) {
    test::RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 5s, 6s);
    made.down(id, 8s, 10s);
    auto const value = paths_of(made.build()).at(0).downtime();
    EXPECT_LE(value.at_least, 3'000'000'000);
    EXPECT_GE(value.at_most, 3'000'000'000);
    EXPECT_LE(value.at_most - value.at_least, 82'000'000);
}

TEST(Downtime, OfAServiceIsThatOfItsWorstEntry) {
    test::RecordBuilder made;
    int const one = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    int const two = made.stream("orders", Service::write, "app2:5000", Connection::kept, 20ms, 1s);
    made.down(one, 5s, 7s);
    made.down(two, 6s, 9s);
    auto const paths = paths_of(made.build());
    auto const value = worst_downtime(write_paths(paths));
    EXPECT_LE(value.at_least, 3'000'000'000);
    EXPECT_GE(value.at_most, 3'000'000'000) << "outages of two entries are not added";
    EXPECT_LT(value.at_most, 3'100'000'000);
}

TEST(Downtime, UsesFreshConnectionsWhereNoneIsKept) {
    test::RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::fresh, 20ms, 1s);
    made.down(id, 5s, 7s);
    EXPECT_GT(worst_downtime(write_paths(paths_of(made.build()))).best, 1'900'000'000);
}

TEST(Downtime, AStandbysOwnPathIsNoneOfTheCustomers) {
    test::RecordBuilder made;
    int const id = made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.down(id, 5s, 7s);
    int const standby =
        made.stream("orders", Service::write, "db2:5432", Connection::kept, 20ms, 1s);
    made.down(standby, 0s, 60s);
    made.record.streams.back().way = "direct";
    auto const record = made.build();
    EXPECT_TRUE(test::holds(test::measure(record, "write.downtime"), 2s));
    auto const longest = test::measure(record, "write.latency.max");
    EXPECT_TRUE(longest.known);
    EXPECT_LT(longest.at_most, Offset(5s).count());
}

TEST(Downtime, IsNotKnownWhereOnlySingleNodesWereDialled) {
    test::RecordBuilder made;
    made.stream("orders", Service::write, "db1:5432", Connection::kept, 20ms, 1s);
    made.record.streams.back().way = "direct";
    auto const record = made.build();
    for (char const* name : {"write.downtime", "write.latency.max", "write.brownout"}) {
        auto const value = test::measure(record, name);
        EXPECT_FALSE(value.known) << name;
        EXPECT_EQ(value.why_unknown, "only single database nodes were dialled, each for itself")
            << name;
    }
    for (char const* name : {"connect.downtime", "read.downtime"})
        EXPECT_EQ(test::measure(record, name).why_unknown, "no attempt was made") << name;
}

TEST(Downtime, IsNotKnownWhereNobodyTried) {
    auto const value = worst_downtime({});
    EXPECT_FALSE(value.known);
    EXPECT_EQ(value.why_unknown, "no attempt was made");
    record::Record const stray = record::collect({record::Attempt{.stream = 9}});
    EXPECT_TRUE(paths_of(stray).empty());
}

}  // namespace
}  // namespace interregnum
