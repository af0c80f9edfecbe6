// SPDX-License-Identifier: MIT
// Checks of what a shop must never do, each with the defect it is for and with what looks like it.
#include <algorithm>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "harness/record/wal_tail.h"
#include "reports/measures/fences.h"
#include "reports/measures/lost_tail.h"
#include "reports/measures/tasks.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Attempt;
using record::Connection;
using record::FinalRow;
using record::Outcome;
using record::Record;
using record::Service;

std::vector<Finding> run(Record const& record, std::string_view name) {
    CheckKind const* const kind = Registry<CheckKind>::find(name);
    EXPECT_NE(kind, nullptr) << name;
    return kind == nullptr ? std::vector<Finding>{} : kind->check(record);
}

void read_back(Record& record, std::string kind, std::vector<FinalRow> rows,
               std::string source = "db2", std::string role = "leader") {
    record.final_rows.push_back({.kind = std::move(kind),
                                 .source = std::move(source),
                                 .role = std::move(role),
                                 .rows = std::move(rows),
                                 .last = true});
}

/// A record with one stream of the service, whose attempts a test adds.
Record with_stream(Service service, std::string entry = "app1:5000") {
    Record record;
    record.streams.push_back({.id = 1,
                              .probe = "p",
                              .service = service,
                              .entry = std::move(entry),
                              .connection = Connection::kept,
                              .period = 10ms,
                              .deadline = 1s,
                              .clients = 1});
    return record;
}

Attempt attempt(std::string token, std::int64_t id, record::Offset from, record::Offset to,
                Outcome outcome = Outcome::ok) {
    return {.stream = 1,
            .started = from,
            .finished = to,
            .outcome = outcome,
            .token = std::move(token),
            .id = id};
}

TEST(ShopChecks, FindASeatThatWasSoldTwice) {
    Record record;
    read_back(record, "seats", {{"Seat 1", 1, 1}, {"Seat 2", 2, 2}});
    read_back(record, "seats", {{"Seat 9", 9, 5}}, "db3", "replica");  // diverged_replica's matter
    auto const found = run(record, "oversold_seats");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verdict, Verdict::fail);
    EXPECT_EQ(found[0].sentence, "1 seat is sold more than once on db2");
    EXPECT_EQ(found[0].proof, std::vector<std::string>{"Seat 2: sold 2 times"});
}

TEST(ShopChecks, FindAVoucherThatWasUsedTooOften) {
    Record record;
    read_back(record, "voucher_uses", {{"GUEST1", 10, 10}, {"GUEST2", 10, 11}});
    auto const found = run(record, "oversold_vouchers");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence, "1 voucher was used more often than allowed on db2");
    EXPECT_EQ(found[0].proof[0], "GUEST2: used 11 times, at most 10 allowed");
}

TEST(ShopChecks, FindOrdersWhoseSumsDiffer) {
    Record record;
    read_back(record, "transactions", {});
    EXPECT_TRUE(run(record, "unbalanced_orders").empty());
    record.final_rows.clear();
    read_back(record, "transactions", {{"orders-1-3", 77, 2}});
    auto const found = run(record, "unbalanced_orders");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence,
              "1 order on db2 does not agree with its positions, payments and transactions");
    EXPECT_EQ(found[0].proof[0], "orders-1-3 (id 77): 2 of 3 sums differ");
}

TEST(ShopChecks, FindANumberThatTwoCustomersWereTold) {
    Record record = with_stream(Service::write);
    record.attempts = {attempt("a", 7, 1s, 2s), attempt("b", 8, 2s, 3s),
                       attempt("c", 9, 2s, 3s, Outcome::unknown)};
    EXPECT_TRUE(run(record, "reissued_ids").empty());
    record.attempts.push_back(attempt("d", 7, 5s, 6s));
    auto const told = run(record, "reissued_ids");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].sentence, "1 order number was given to a second customer");
    // To one who had no answer: his order is there, with a number that was told before.
    record.attempts.pop_back();
    read_back(record, "orders", {{"b", 8, 1}, {"c", 7, 1}});
    auto const there = run(record, "reissued_ids");
    ASSERT_EQ(there.size(), 1U);
    EXPECT_TRUE(there[0].proof[0].ends_with("; then c is there on db2")) << there[0].proof[0];
}

TEST(ShopChecks, FindWhatWasSeenAndIsGone) {
    Record record = with_stream(Service::read);
    record.attempts = {attempt("", 0, 1s, 2s), attempt("", 0, 3s, 4s)};
    record.attempts[0].seen = 7;
    record.attempts[1].seen = 8;
    read_back(record, "orders", {{"a", 7, 1}});
    read_back(record, "tickets", {{"t", 8, 1}});
    EXPECT_TRUE(run(record, "seen_then_gone").empty());
    record.final_rows[1].rows.clear();
    auto const found = run(record, "seen_then_gone");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].about, Class::durability);
    EXPECT_TRUE(found[0].sentence.starts_with("1 order that customers had been shown is not on"));
    // Of a token that is there twice the other row's id was not read: nothing can be said.
    record.final_rows[0].rows[0].count = 2;
    EXPECT_TRUE(run(record, "seen_then_gone").empty());
}

TEST(ShopChecks, TellLostCartsAndFailOnlyWhereTheyAreForbidden) {
    Record record = with_stream(Service::cart, "app1:6379");
    record.attempts = {attempt("a", 1, 1s, 2s), attempt("b", 2, 3s, 4s)};
    read_back(record, "carts", {{"a", 1, 1}}, "db1");
    auto const told = run(record, "lost_carts");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].verdict, Verdict::pass);
    EXPECT_EQ(told[0].sentence, "1 of 2 filled carts are not on db1, the Redis master");
    record.run.expectations.push_back(
        {.measure = "carts.lost", .op = "==", .limit = 0, .text = "carts.lost == 0"});
    EXPECT_EQ(run(record, "lost_carts")[0].verdict, Verdict::fail);
    // Sales are other books: nothing of them is lost.
    EXPECT_TRUE(run(record, "lost_orders").empty());
}

TEST(ShopChecks, SayWhatWaitHadSaidOfLostRedisWrites) {
    Record record = with_stream(Service::cache, "app1:6379");
    record.attempts = {attempt("a", 0, 1s, 2s), attempt("b", 0, 3s, 4s), attempt("c", 0, 5s, 6s),
                       attempt("d", 0, 7s, 8s), attempt("e", 0, 8s, 9s, Outcome::unknown)};
    read_back(record, "cache", {{"d", 0, 1}}, "db1");
    // Not asked, as in records of before: nothing is said.
    ASSERT_EQ(run(record, "lost_cache").size(), 1U);
    EXPECT_EQ(run(record, "lost_cache")[0].sentence,
              "3 of 4 acknowledged cache writes are not on db1, the Redis master");
    record.attempts[0].replicas = 1;
    record.attempts[1].replicas = record.attempts[2].replicas = 0;
    record.attempts[3].replicas = 0;  // is there: not counted
    auto const told = run(record, "lost_cache");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].verdict, Verdict::pass);
    EXPECT_EQ(told[0].sentence,
              "3 of 4 acknowledged cache writes are not on db1, the Redis master; 2 had been "
              "confirmed by no replica, 1 by 1 replica");
    EXPECT_EQ(told[0].proof[0], "a ok 1.000 s .. 2.000 s via app1:6379, confirmed by 1 replica");
    record.attempts[2].replicas = -1;
    EXPECT_TRUE(run(record, "lost_cache")[0].sentence.ends_with(
        "1 had been confirmed by no replica, 1 by 1 replica, of 1 it is not known"));
    EXPECT_TRUE(run(record, "lost_carts").empty());
    record.run.expectations.push_back(
        {.measure = "cache.lost", .op = "<=", .limit = 2, .text = "cache.lost <= 2"});
    EXPECT_EQ(run(record, "lost_cache")[0].verdict, Verdict::fail);
    record.final_rows[0].rows = {{"a", 0, 1}, {"b", 0, 1}, {"c", 0, 1}, {"d", 0, 1}};
    EXPECT_TRUE(run(record, "lost_cache").empty());
}

TEST(ShopChecks, FindTasksThatVanishedOrWereDoneTwice) {
    Record record = with_stream(Service::task, "app1:6379");
    auto const waiting = [](std::string token) {
        Attempt made = attempt(std::move(token), 0, 1s, 2s, Outcome::unknown);
        made.error = "task_not_done";
        return made;
    };
    record.attempts = {attempt("done", 0, 1s, 2s), waiting("queued"), waiting("late"),
                       waiting("gone"), attempt("told", 0, 1s, 2s)};
    // Not known to have been on the queue at all.
    record.attempts.push_back(attempt("cut", 0, 1s, 2s, Outcome::unknown));
    record.attempts.back().error = "connection_lost";
    EXPECT_FALSE(task_book(record).complete);
    EXPECT_TRUE(run(record, "lost_tasks").empty());
    read_back(record, "tasks", {{"done", 0, 2}, {"late", 0, 1}});
    read_back(record, "tasks_queued", {{"queued", 0, 1}});
    EXPECT_EQ(task_book(record).put, 5);
    auto const lost = run(record, "lost_tasks");
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].sentence,
              "2 of 5 tasks that were put on the queue are neither done nor on it on db2");
    EXPECT_TRUE(lost[0].proof[0].starts_with("gone ")) << lost[0].proof[0];
    EXPECT_TRUE(lost[0].proof[1].starts_with("told ")) << lost[0].proof[1];
    auto const repeated = run(record, "repeated_tasks");
    ASSERT_EQ(repeated.size(), 1U);
    EXPECT_EQ(repeated[0].proof[0], "done: done 2 times");
}

TEST(ShopChecks, SayThatTasksWereNotReadBack) {
    Record record = with_stream(Service::task, "app1:6379");
    record.attempts = {attempt("", 0, 1s, 2s)};  // a worker's
    EXPECT_TRUE(run(record, "final_read_missing").empty());
    record.attempts.push_back(attempt("a", 0, 1s, 2s));
    auto const found = run(record, "final_read_missing");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(found[0].sentence,
              "nobody read everything back after the drill, so 1 tasks that were acknowledged may "
              "or may not be there");
    read_back(record, "tasks", {{"a", 0, 1}});
    EXPECT_EQ(run(record, "final_read_missing").size(), 1U) << "the queue was not read";
    read_back(record, "tasks_queued", {});
    EXPECT_TRUE(run(record, "final_read_missing").empty());
}

TEST(ShopChecks, FindFencingTokensThatDoNotGrow) {
    Record record = with_stream(Service::cart, "app1:6379");
    // Two at the same time may get theirs in any order.
    record.attempts = {attempt("a", 2, 1s, 3s), attempt("b", 1, 1500ms, 2s),
                       attempt("c", 3, 4s, 5s)};
    EXPECT_TRUE(broken_fences(record).empty());
    record.attempts.push_back(attempt("d", 2, 6s, 7s));
    record.attempts.push_back(attempt("e", 0, 6s, 7s, Outcome::failed));  // got none
    auto const broken = broken_fences(record);
    ASSERT_EQ(broken.size(), 1U);
    EXPECT_EQ(broken[0].earlier.token, "a");  // the same token
    EXPECT_EQ(broken[0].later.token, "d");
    // Lower than one that had been given out before, without being anybody's yet.
    record.attempts[3].id = 4;
    record.attempts.push_back(attempt("f", 1000, 8s, 9s));
    record.attempts.push_back(attempt("g", 5, 10s, 11s));
    ASSERT_EQ(broken_fences(record).size(), 1U);
    EXPECT_EQ(broken_fences(record)[0].earlier.token, "f");
    EXPECT_EQ(run(record, "broken_fences").at(0).verdict, Verdict::fail);
}

TEST(ShopChecks, FindAReplicaWithOtherRows) {
    Record record;
    read_back(record, "orders", {{"a", 1, 1}, {"b", 2, 1}});
    read_back(record, "orders", {{"b", 2, 1}, {"a", 1, 1}}, "db3", "replica");
    read_back(record, "orders", {{"a", 1, 1}, {"b", 3, 1}, {"c", 4, 1}}, "db1", "replica");
    // One that could not be read to its end says nothing of what is not there.
    read_back(record, "seats", {{"Seat 1", 1, 1}});
    read_back(record, "seats", {}, "db3", "replica");
    record.final_rows.back().last = false;
    auto const found = run(record, "diverged_replica");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence,
              "replica db1 holds other data than the leader db2, although it has replayed all of "
              "its WAL: 2 rows differ");
    EXPECT_EQ(found[0].proof[0], "orders b: id 2 on db2, id 3 on db1");
    EXPECT_EQ(found[0].proof[1], "orders c: nothing on db2, id 4 on db1");
}

TEST(ShopChecks, TellATailFromAHole) {
    Record record = with_stream(Service::write);
    for (int i = 0; i < 10; ++i)
        record.attempts.push_back(attempt(std::to_string(i), i + 1, i * 1s, i * 1s + 5ms));
    record.faults.push_back({.stage = record::FaultStage::injecting, .at = 9500ms});
    auto const saw = [&](record::Offset at, std::int64_t written) {
        record.replication.push_back(
            {.node = "db1", .timeline = 1, .written = written, .asked = at - 1ms, .at = at});
    };
    saw(6500ms, 1000);
    saw(8500ms, 5000);
    saw(9400ms, 9000);
    Ledger ledger{.kind = "orders"};
    ledger.lost = {record.attempts[7], record.attempts[8], record.attempts[9]};
    EXPECT_EQ(describe(lost_tail(record, ledger)),
              "a tail without a gap, the oldest 2.495 s before the fault, in at most 8,000 bytes "
              "of WAL");
    ledger.lost = {record.attempts[5], record.attempts[8]};
    EXPECT_EQ(describe(lost_tail(record, ledger)),
              "a hole: 3 that were acknowledged later are there, the oldest 4.495 s before the "
              "fault");
}

TEST(ShopChecks, CountUsedVouchersAgainstAllQuotas) {
    Record record = with_stream(Service::voucher);
    record.attempts = {attempt("a", 1, 1s, 2s), attempt("b", 2, 3s, 4s)};
    record.final_quotas.push_back({.name = "guests", .size = 1, .sold = 1});
    auto const found = run(record, "oversold_quota");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(found[0].sentence.starts_with("customers were told 2 purchases of 1 tickets"))
        << found[0].sentence;
    ASSERT_EQ(found[0].proof.size(), 1U);
    EXPECT_TRUE(found[0].proof[0].starts_with("b ")) << found[0].proof[0];
}

/// db1 led, db2 took over at 4 s; orders of db1 at 1 s, 2 s and 3 s, of which two are gone.
Record with_a_tail(record::WalTail const& tail) {
    Record record = with_stream(Service::write);
    record.run.nodes = {{"db1", "10.0.1.11", "db"}, {"db2", "10.0.2.11", "db"}};
    record.members = {
        {.node = "db1", .reachable = true, .timeline = 1, .holds_lock = true, .at = 100ms},
        {.node = "db2", .reachable = true, .timeline = 2, .holds_lock = true, .at = 4s}};
    for (int i = 1; i <= 3; ++i) {
        record.attempts.push_back(attempt(std::to_string(i), i, i * 1s, i * 1s + 5ms));
        record.attempts.back().server = "10.0.1.11";
    }
    record.facts.push_back({"wal_tail", record::to_text(tail), 9s});
    return record;
}

record::WalTail tail_of_db1() {
    return {.node = "db1",
            .timeline = 1,
            .next = "db2",
            .fork = 0x3008660,
            .end = 0x30328D0,
            .end_from = "its WAL",
            .records = 108,
            .commits = 2,
            .first_commit = "04:39:35.898721 UTC",
            .last_commit = "04:39:35.916649 UTC",
            .kinds = {{"Heap", 106}, {"Transaction", 2}},
            .segments = {"000000010000000000000003"}};
}

TEST(DivergentTimelines, FailWhereAcknowledgedOrdersWereInTheTail) {
    Record record = with_a_tail(tail_of_db1());
    read_back(record, "orders", {{"1", 1, 1}});
    auto const found = run(record, "divergent_timelines");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verdict, Verdict::fail);
    EXPECT_EQ(found[0].about, Class::durability);
    EXPECT_EQ(found[0].sentence,
              "db1 led timeline 1 until db2 took over at 0/3008660, and had written on to "
              "0/30328D0: 172,656 bytes of WAL that db2 has not; 2 transactions were committed in "
              "it, 04:39:35.898721 UTC to 04:39:35.916649 UTC by its clock; 2 orders that had been "
              "acknowledged are lost with it");
    ASSERT_EQ(found[0].proof.size(), 4U);
    EXPECT_EQ(found[0].proof[0], "records: Heap 106, Transaction 2");
    EXPECT_EQ(found[0].proof[1], "kept: logs/db1/wal/, 000000010000000000000003");
    EXPECT_TRUE(found[0].proof[2].starts_with("2 ok 2.000 s")) << found[0].proof[2];
}

TEST(DivergentTimelines, AreToldWhereNothingAcknowledgedWasInTheTail) {
    auto tail = tail_of_db1();
    Record whole = with_a_tail(tail);
    read_back(whole, "orders", {{"1", 1, 1}, {"2", 2, 1}, {"3", 3, 1}});
    ASSERT_EQ(run(whole, "divergent_timelines").size(), 1U);
    EXPECT_EQ(run(whole, "divergent_timelines")[0].verdict, Verdict::pass);

    // Orders are gone, but not with a tail in which no transaction was committed.
    tail.commits = 0;
    Record harmless = with_a_tail(tail);
    read_back(harmless, "orders", {{"1", 1, 1}});
    ASSERT_EQ(run(harmless, "divergent_timelines").size(), 1U);
    EXPECT_EQ(run(harmless, "divergent_timelines")[0].verdict, Verdict::pass);
    EXPECT_TRUE(run(harmless, "divergent_timelines")[0].sentence.ends_with(
        "no transaction was committed in it (108 records)"));

    tail.end = tail.fork;  // a switchover: all went on
    EXPECT_TRUE(run(with_a_tail(tail), "divergent_timelines").empty());

    auto const unknown = run(with_a_tail({.node = "db1",
                                          .timeline = 1,
                                          .next = "db2",
                                          .fork = 5,
                                          .not_kept = "no route to db1"}),
                             "divergent_timelines");
    ASSERT_EQ(unknown.size(), 1U);
    EXPECT_EQ(unknown[0].verdict, Verdict::pass);
    EXPECT_EQ(unknown[0].sentence,
              "db1 led timeline 1 until db2 took over; what it had written beyond that is not "
              "known: no route to db1");
}

TEST(StorageChecks, FindBrokenFilesAndTellWhatCouldNotBeLookedAt) {
    Record record = with_a_tail(tail_of_db1());
    read_back(record, "storage", {});
    read_back(record, "storage", {{.token = "index interregnum.orders_pkey: broken"}}, "db1",
              "replica");
    record.facts.push_back({"storage_not_known", "db3: amcheck is not installed", 9s});
    record.facts.push_back({"checksum_failures.db1", "5 in database drill, the last at x", 1s});
    record.facts.push_back({"checksum_failures.db1", "0", 9s});  // a crash sets it back
    record.facts.push_back({"checksum_failures.db2", "0", 1s});
    record.facts.push_back({"checksum_failures.db2", "2 in database drill, the last at y", 9s});
    auto const found = run(record, "corrupt_storage");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].sentence,
              "files of db1 are broken: amcheck found 1 fault in the shop's indexes and tables");
    EXPECT_EQ(found[0].about, Class::safety);
    EXPECT_EQ(found[1].sentence,
              "db2 read pages whose checksum is wrong: 2 in database drill, the last at y (0 "
              "before the drill)");
    EXPECT_EQ(found[2].verdict, Verdict::pass);
    EXPECT_TRUE(found[2].sentence.contains("is not known (db3: amcheck is not installed)"));
    EXPECT_TRUE(run(record, "diverged_replica").empty()) << "files are each node's own";
}

}  // namespace
}  // namespace interregnum
