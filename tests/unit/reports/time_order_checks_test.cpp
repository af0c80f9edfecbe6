// SPDX-License-Identifier: MIT
// Sequences that went back and reads that did, each with the defect and with what looks like it.
#include <gtest/gtest.h>

#include "harness/check.h"
#include "harness/measure.h"
#include "reports/measures/primaries.h"
#include "reports/measures/read_sessions.h"
#include "reports/proof.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Attempt;
using record::Connection;
using record::Offset;
using record::Outcome;
using record::Record;
using record::Service;

std::vector<Finding> run(Record const& record, std::string_view name) {
    CheckKind const* const kind = Registry<CheckKind>::find(name);
    EXPECT_NE(kind, nullptr) << name;
    return kind == nullptr ? std::vector<Finding>{} : kind->check(record);
}

/// Orders are stream 1, reads on kept connections 2 (two clients), on fresh ones 3. db1 is looked
/// at each 100 ms, and is the primary of timeline 1 for 10 s.
class TimeOrder : public testing::Test {
protected:
    TimeOrder() {
        stream(1, Service::write, Connection::kept);
        stream(2, Service::read, Connection::kept);
        stream(3, Service::read, Connection::fresh);
        looks("db1", 1, false, 0s, 10s);
        record_.final_rows.push_back(
            {.kind = "orders", .source = "db1", .role = "leader", .rows = {}, .last = true});
    }
    void stream(int id, Service service, Connection connection) {
        record_.streams.push_back({.id = id,
                                   .probe = "p",
                                   .service = service,
                                   .entry = "app1:5000",
                                   .connection = connection,
                                   .period = 10ms,
                                   .deadline = 1s,
                                   .clients = 2});
    }
    void looks(std::string const& node, std::int64_t timeline, bool in_recovery, Offset from,
               Offset to) {
        for (Offset at = from; at <= to; at += 100ms)
            record_.replication.push_back({.node = node,
                                           .in_recovery = in_recovery,
                                           .timeline = timeline,
                                           .asked = at - 1ms,
                                           .at = at});
    }
    /// Acknowledged, and there in the end.
    Attempt& order(std::int64_t id, Offset at, std::string server = "db1", bool kept = true) {
        std::string const token = "1-" + std::to_string(record_.attempts.size());
        if (kept) record_.final_rows[0].rows.push_back({.token = token, .id = id});
        return record_.attempts.emplace_back(Attempt{.stream = 1,
                                                     .started = at,
                                                     .finished = at + 5ms,
                                                     .outcome = Outcome::ok,
                                                     .token = token,
                                                     .id = id,
                                                     .server = std::move(server)});
    }
    Attempt& read(std::int64_t seen, Offset at, std::string server, int stream = 2,
                  std::int64_t client = 0) {
        return record_.attempts.emplace_back(Attempt{.stream = stream,
                                                     .number = client + 2 * next_++,
                                                     .started = at,
                                                     .finished = at + 5ms,
                                                     .outcome = Outcome::ok,
                                                     .seen = seen,
                                                     .server = std::move(server)});
    }
    std::int64_t went_back_count() const {
        return static_cast<std::int64_t>(went_back(record_).size());
    }

    Record record_;
    std::int64_t next_{};
};

TEST_F(TimeOrder, FindsASequenceThatWasSetBack) {
    order(40, 1s);
    order(41, 2s);
    order(12, 3s);
    auto const found = run(record_, "sequence_set_back");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verdict, Verdict::fail);
    EXPECT_EQ(found[0].about, Class::safety);
    EXPECT_TRUE(found[0].sentence.starts_with("a sequence went back: 1 attempt got a number"));
    EXPECT_EQ(found[0].proof[0],
              "id 41: 1-1 ok 2.000 s .. 2.005 s via app1:5000 on db1; then id 12: 1-2 ok 3.000 s "
              ".. 3.005 s via app1:5000 on db1");
    // The same number again is no better.
    record_.attempts.back().id = 41;
    EXPECT_EQ(run(record_, "sequence_set_back").size(), 1U);
}

TEST_F(TimeOrder, FindsASequenceWhoseNumbersAreRefused) {
    Attempt& refused = order(0, 1s, "", false);
    refused.outcome = Outcome::failed;
    refused.sqlstate = "23505";
    refused.detail = "duplicate key value violates unique constraint \"orders_code_key\"";
    EXPECT_TRUE(run(record_, "sequence_set_back").empty()) << "a code that was drawn twice";
    refused.detail = "duplicate key value violates unique constraint \"orders_pkey\"";
    EXPECT_EQ(run(record_, "sequence_set_back").size(), 1U);
}

TEST_F(TimeOrder, LetsNumbersBeOutOfOrderThatWereTakenAtTheSameTime) {
    order(41, 1s);
    order(40, 1003ms);  // began before the other had ended
    order(73, 2s);      // a crash skips up to 32
    EXPECT_TRUE(run(record_, "sequence_set_back").empty());
}

TEST_F(TimeOrder, LetsAFailoverLoseNumbers) {
    order(40, 1s, "db1", false);
    looks("db2", 2, false, 3s, 10s);
    order(12, 4s, "db2");
    EXPECT_TRUE(run(record_, "sequence_set_back").empty()) << "another node and timeline";
    // The same node again, promoted a second time.
    record_.replication.clear();
    looks("db1", 1, false, 0s, 2s);
    looks("db1", 3, false, 3s, 10s);
    record_.attempts[1].server = "db1";
    EXPECT_TRUE(run(record_, "sequence_set_back").empty());
    // On the same timeline, after a crash that lost what had been acknowledged: lost_orders'
    // matter.
    record_.replication.clear();
    looks("db1", 1, false, 0s, 10s);
    EXPECT_TRUE(run(record_, "sequence_set_back").empty());
    record_.final_rows[0].rows.push_back({.token = record_.attempts[0].token, .id = 40});
    EXPECT_EQ(run(record_, "sequence_set_back").size(), 1U);
    record_.final_rows[0].last = false;
    EXPECT_TRUE(run(record_, "sequence_set_back").empty()) << "what was lost is not known";
}

TEST_F(TimeOrder, FindsAPrimaryThatDoesNotShowWhatItAcknowledged) {
    order(40, 1s);
    read(39, 2s, "db1");
    auto const found = run(record_, "stale_reads");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence,
              "1 read of the primary did not see an order that it had acknowledged");
    EXPECT_EQ(found[0].proof[0],
              "id 40: 1-0 ok 1.000 s .. 1.005 s via app1:5000 on db1; then up to id 39: (no token) "
              "ok 2.000 s .. 2.005 s via app1:5000 on db1");
    record_.attempts.back().seen = 40;
    EXPECT_TRUE(run(record_, "stale_reads").empty());
}

TEST_F(TimeOrder, LetsStandbysAndReadsAtTheSameTimeBeBehind) {
    order(40, 1s);
    looks("db2", 1, true, 0s, 10s);
    read(3, 2s, "db2");
    read(3, 2s, "db3", 2, 1);    // never looked at
    read(39, 1002ms, "db1", 3);  // began before the acknowledgement
    EXPECT_TRUE(run(record_, "stale_reads").empty());
    // Acknowledged by who led before: what of it is not there was lost, or is in doubt.
    looks("db4", 2, false, 3s, 10s);
    read(3, 5s, "db4", 3, 1);
    EXPECT_TRUE(run(record_, "stale_reads").empty());
}

TEST_F(TimeOrder, FindsAKeptConnectionThatGoesBack) {
    looks("db2", 1, true, 0s, 10s);
    read(40, 2s, "db2");
    read(20, 2s, "db2", 2, 1);  // another client, at its own connection
    read(39, 3s, "db2");
    auto const found = run(record_, "stale_reads");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence,
              "1 read on a kept connection showed an older state than the read before it");
    EXPECT_EQ(went_back_count(), 1);
}

TEST_F(TimeOrder, MeasuresWhoIsLedToAnotherStandby) {
    read(40, 2s, "db2");
    read(30, 3s, "db3");  // behind a pooler
    read(31, 4s, "db3");
    read(40, 2s, "db2", 3, 1);
    read(30, 3s, "db2", 3, 1);  // dialled anew; that db2 was rewound meanwhile is no news
    EXPECT_TRUE(run(record_, "stale_reads").empty());
    EXPECT_EQ(went_back_count(), 3);
    Attempt& cut = read(0, 5s, "");
    cut.outcome = Outcome::failed;
    cut.seen = -1;
    read(30, 6s, "db3");  // a new connection, after the failure
    EXPECT_TRUE(run(record_, "stale_reads").empty());
    EXPECT_EQ(went_back_count(), 4);
    MeasureKind const* const measure = Registry<MeasureKind>::find("read.went_back");
    ASSERT_NE(measure, nullptr);
    EXPECT_EQ(measure->compute(record_).best, 4);
    record_.attempts.clear();
    EXPECT_FALSE(measure->compute(record_).known);
}

TEST_F(TimeOrder, KnowsThePrimaryOnlyBetweenTwoLooks) {
    looks("db2", 2, true, 0s, 3s);
    looks("db2", 2, false, 3100ms, 5s);
    Primaries const primaries(record_);
    EXPECT_EQ(primaries.timeline("db1", 1s, 2s), 1);
    EXPECT_EQ(primaries.timeline("db1", 9950ms, 10s), 0) << "no look after it";
    EXPECT_EQ(primaries.timeline("db2", 2s, 4s), 0);
    EXPECT_EQ(primaries.timeline("db2", 3100ms, 4s), 2);
    EXPECT_EQ(primaries.timeline("", 1s, 2s), 0);
}

TEST(FindingsProof, ShowsTheFirstFewAndCountsAll) {
    Proof proof;
    int made = 0;
    for (int i = 0; i < 30; ++i) proof.add([&] { return std::to_string(++made); });
    EXPECT_EQ(proof.count(), 30);
    EXPECT_EQ(made, 10);
    EXPECT_EQ(proof.take().size(), 10U);
}

}  // namespace
}  // namespace interregnum
