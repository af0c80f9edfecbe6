// SPDX-License-Identifier: MIT
#include "reports/measures/replica_lag.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Offset;
using test::RecordBuilder;

// The leader writes 1,000 bytes a millisecond; both are looked at every 100 ms, 50 ms apart.
RecordBuilder streaming(Offset behind) {
    RecordBuilder made;
    for (Offset at = 1s; at < 20s; at += 100ms) {
        made.record.replication.push_back({.node = "db1",
                                           .timeline = 1,
                                           .written = at.count() / 1000,
                                           .asked = at - 1ms,
                                           .at = at + 1ms});
        Offset const look = at + 50ms;
        made.record.replication.push_back({.node = "db2",
                                           .in_recovery = true,
                                           .timeline = 1,
                                           .replayed = (look - behind).count() / 1000,
                                           .asked = look - 1ms,
                                           .at = look + 1ms});
    }
    return made;
}

TEST(ReplicaLag, HoldsTheTruthBetweenTheLooks) {
    auto const record = streaming(2s).build();
    EXPECT_TRUE(test::holds(test::measure(record, "replica.lag.max"), Offset(2'000'000)));
    EXPECT_TRUE(test::holds(test::measure(record, "replica.lag.p99"), Offset(2'000'000)));
    auto const delay = test::measure(record, "replica.delay.max");
    EXPECT_TRUE(test::holds(delay, 2s));
    EXPECT_LT(delay.at_most, Offset(2300ms).count()) << "though the first looks found it behind";
    auto const lags = replica_lags_of(record);
    ASSERT_EQ(lags.size(), 1U);
    EXPECT_EQ(lags[0].node, "db2");
    EXPECT_LE(lags[0].max.at_most - lags[0].max.at_least, 100'000);
    EXPECT_NEAR(static_cast<double>(lags[0].max.best), 2e6, 2'000);
}

TEST(ReplicaLag, IsNoneWhereAllIsReplayed) {
    auto record = streaming(0s).build();
    // What is replayed by a look can be what was written up to the next look at the leader.
    EXPECT_TRUE(test::holds(test::measure(record, "replica.lag.max"), Offset(0)));
}

TEST(ReplicaLag, HoldsADelayBelowTheTimeBetweenTwoLooks) {
    for (Offset const behind : {20ms, 40ms, 60ms, 90ms}) {
        auto const delay = test::measure(streaming(behind).build(), "replica.delay.max");
        EXPECT_TRUE(test::holds(delay, behind)) << behind.count();
        EXPECT_LE(delay.at_most, (behind + 200ms).count()) << behind.count();
    }
}

TEST(ReplicaLag, OfWhatTheFirstLookAtTheLeaderShowedIsAsOldAsCanBe) {
    auto const bounded = test::measure(streaming(40ms).build(), "replica.delay.max");
    EXPECT_LE(bounded.at_most, Offset(200ms).count());
    auto made = streaming(40ms);
    // It stood still before anybody looked, until it caught up.
    for (auto& seen : made.record.replication)
        if (seen.in_recovery && seen.at < 3s) seen.replayed = 5;
    auto const value = test::measure(made.build(), "replica.delay.max");
    ASSERT_TRUE(value.known);
    EXPECT_GE(value.at_least, Offset(1900ms).count());
    EXPECT_EQ(value.best, value.at_least);
    EXPECT_EQ(value.at_most, unbounded) << "the leader may have written that byte a year ago";
}

TEST(ReplicaLag, ComparesOnlyOneTimeline) {
    auto made = streaming(2s);
    // Promoted: a look at the new timeline has no leader of it to compare with.
    made.record.replication.push_back({.node = "db3",
                                       .in_recovery = true,
                                       .timeline = 2,
                                       .replayed = 5,
                                       .asked = 10s,
                                       .at = 10'001ms});
    auto const lags = replica_lags_of(made.build());
    ASSERT_EQ(lags.size(), 2U);
    EXPECT_EQ(lags[1].not_compared, 1);
    EXPECT_FALSE(lags[1].max.known);
}

TEST(ReplicaLag, IsNotKnownWhereNobodyLooked) {
    EXPECT_EQ(test::measure(RecordBuilder().build(), "replica.lag.max").why_unknown,
              "nobody looked at a standby's positions");
}

}  // namespace
}  // namespace interregnum
