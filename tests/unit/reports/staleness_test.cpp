// SPDX-License-Identifier: MIT
#include "reports/measures/staleness.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Outcome;
using record::Service;
using test::RecordBuilder;

// Orders 20 ms apart with ids 1, 2, 3...; reads every 100 ms that see all that was acknowledged
// before they began.
record::Record shop(bool final_reads = true) {
    RecordBuilder made;
    made.final_reads = final_reads;
    made.length = 30s;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    made.stream("reads", Service::read, "app1:5001", Connection::kept, 100ms, 1s);
    auto record = made.build();
    std::int64_t seen = 0;
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.stream == 1) {
            attempt.id = attempt.number + 1;
            continue;
        }
        for (record::Attempt const& order : record.attempts)
            if (order.stream == 1 && order.finished < attempt.started)
                seen = std::max(seen, order.number + 1);
        attempt.seen = seen;
    }
    return record;
}

TEST(Staleness, IsNoneWhereReadersSeeWhatWasAcknowledged) {
    auto const record = shop();
    EXPECT_EQ(test::count(record, "read.staleness.max"), 0);
    EXPECT_EQ(staleness_of(record).at(0).reads, 300);
    EXPECT_EQ(staleness_of(record).at(0).stale, 0);
}

TEST(Staleness, IsTheAgeOfTheFirstOrderNotSeen) {
    auto record = shop();
    // Replay stands still from 10 s to 14 s: readers see what there was at 10 s.
    std::int64_t frozen = 0;
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.stream != 2 || attempt.started < 10s || attempt.started > 14s) continue;
        if (frozen == 0) frozen = attempt.seen;
        attempt.seen = frozen;
    }
    // The last read before 14 s began at 13.9 s; order `frozen` + 1 was acknowledged at 10.0 s.
    MeasureValue const max = test::measure(record, "read.staleness.max");
    EXPECT_NEAR(static_cast<double>(max.best) / 1e9, 4.0, 0.12);
    EXPECT_LE(max.at_least, max.best);
    EXPECT_GE(max.at_most, max.best);
    EXPECT_LE(max.at_most - max.at_least, 30'000'000) << "known to two latencies";
    auto const path = staleness_of(record).at(0);
    EXPECT_NEAR(static_cast<double>(path.stale), 40, 2);
    EXPECT_EQ(path.p50.best, 0);
    EXPECT_NEAR(static_cast<double>(path.p99.best) / 1e9, 3.7, 0.15);
    EXPECT_NEAR(static_cast<double>(path.worst_at.count()) / 1e9, 14.0, 0.12);
}

TEST(Staleness, DoesNotBlameAReaderForWhatWasLost) {
    auto record = shop();
    // The last orders before 10 s are lost in a failover: no reader can ever see them. The ids go
    // on from there, as the next sequence value is 33 higher.
    auto& rows = record.final_rows.at(0).rows;
    for (record::Attempt& attempt : record.attempts)
        if (attempt.stream == 1 && attempt.id >= 490 && attempt.id <= 500)
            std::erase_if(rows, [&](auto const& row) { return row.token == attempt.token; });
    for (record::Attempt& attempt : record.attempts)
        if (attempt.stream == 2 && attempt.started > 9'700ms && attempt.started < 12s)
            attempt.seen = std::min<std::int64_t>(attempt.seen, 489);
    for (record::Attempt& attempt : record.attempts)
        if (attempt.stream == 1 && attempt.started >= 9'990ms && attempt.started < 12s)
            attempt.outcome = Outcome::failed;  // nobody led
    EXPECT_EQ(test::count(record, "read.staleness.max"), 0);
}

TEST(Staleness, AnIdThatWasIssuedAgainCanOnlyHideIt) {
    auto record = shop();
    // Order 500 was lost; another of that id is acknowledged later. A read that began between the
    // two and saw 500 saw the lost one; no claim is made.
    record::Attempt again;
    for (record::Attempt& attempt : record.attempts)
        if (attempt.stream == 1 && attempt.id == 500) again = attempt;
    std::erase_if(record.final_rows.at(0).rows,
                  [&](auto const& row) { return row.token == again.token; });
    again.token = "orders-1-again";
    again.started += 5s;
    again.finished += 5s;
    record.attempts.push_back(again);
    record.final_rows[0].rows.push_back({.token = again.token, .id = 500});
    EXPECT_EQ(test::count(record, "read.staleness.max"), 0);
}

TEST(Staleness, IsNotKnownWithoutAFinalReadOrReads) {
    EXPECT_EQ(test::measure(shop(false), "read.staleness.max").why_unknown,
              "there is no complete final read of orders, which tells lost ones from unseen");
    auto record = shop();
    for (record::Attempt& attempt : record.attempts) attempt.seen = -1;
    EXPECT_EQ(test::measure(record, "read.staleness.p99").why_unknown, "no read said what it saw");
    EXPECT_EQ(test::measure(RecordBuilder().build(), "read.staleness.max").why_unknown,
              "nobody read");
}

}  // namespace
}  // namespace interregnum
