// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::FaultStage;
using record::Service;
using test::RecordBuilder;

std::vector<Finding> run(record::Record const& record, std::string_view name) {
    CheckKind const* const kind = Registry<CheckKind>::find(name);
    EXPECT_NE(kind, nullptr) << name;
    return kind == nullptr ? std::vector<Finding>{} : kind->check(record);
}

TEST(Checks, FindNothingInAGoodDrill) {
    auto const record = test::killed_leader().build();
    for (CheckKind const* kind : Registry<CheckKind>::all())
        for (Finding const& finding : kind->check(record))
            ADD_FAILURE() << kind->name << ": " << finding.sentence;
    EXPECT_EQ(Registry<CheckKind>::all().size(), 32U);
}

TEST(Checks, ShowLostOrdersWithFirstAndLast) {
    auto made = test::killed_leader();
    for (int i = 100; i < 120; ++i) made.lose.insert("orders-1-" + std::to_string(i));
    auto record = made.build();
    auto const findings = run(record, "lost_orders");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].about, Class::durability);
    EXPECT_EQ(findings[0].verdict, Verdict::fail);
    EXPECT_TRUE(findings[0].sentence.starts_with("20 of ")) << findings[0].sentence;
    EXPECT_TRUE(findings[0].sentence.contains("; no replica was read;")) << findings[0].sentence;
    record.final_rows.push_back(
        {.kind = "orders", .source = "db3", .role = "replica", .rows = {}, .last = true});
    auto const again = run(record, "lost_orders");
    ASSERT_EQ(again.size(), 1U);
    EXPECT_TRUE(again[0].sentence.contains("; no replica has them;")) << again[0].sentence;
    ASSERT_EQ(findings[0].proof.size(), 11U);
    EXPECT_TRUE(findings[0].proof[0].starts_with("orders-1-100 ok 2.000 s"))
        << findings[0].proof[0];
    EXPECT_EQ(findings[0].proof[5], "... 10 more ...");
}

TEST(Checks, FindGhostsDoublesAndOversoldQuotas) {
    auto made = test::killed_leader();
    made.failed_ones_present = true;
    made.doubled = {"orders-1-9"};
    made.record.final_quotas[0].sold = 502;
    auto const record = made.build();
    EXPECT_EQ(run(record, "ghost_orders").size(), 2U);  // an order and a ticket
    ASSERT_EQ(run(record, "duplicated_orders").size(), 1U);
    EXPECT_EQ(run(record, "duplicated_orders")[0].proof[0], "orders-1-9: 2 rows");
    ASSERT_EQ(run(record, "oversold_quota").size(), 1U);
    EXPECT_EQ(run(record, "oversold_quota")[0].sentence,
              "quota hot of 500 tickets has 502 sold: 2 too many");
}

TEST(Checks, WantAFaultToBeProven) {
    auto record = test::killed_leader().build();
    for (auto& event : record.faults)
        if (event.stage == FaultStage::verified) {
            event.stage = FaultStage::unverified;
            event.detail = "db1 still answers";
        }
    auto const findings = run(record, "fault_unproven");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(findings[0].sentence, "node.crash on db1 showed no effect: db1 still answers");
}

TEST(Checks, WantWhatAStepWaitedFor) {
    auto record = test::killed_leader().build();
    record.steps.push_back({.index = 1,
                            .kind = "await",
                            .text = "await redundant within 5m",
                            .finished = true,
                            .ok = false,
                            .at = 50s,
                            .detail = "2 leaders (expected 1)"});
    auto const findings = run(record, "await_failed");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::fail);
    EXPECT_EQ(findings[0].about, Class::availability);
    EXPECT_EQ(findings[0].sentence,
              "await redundant within 5m: not reached: 2 leaders (expected 1)");
    record.ended->reason = record::EndReason::interrupted;
    EXPECT_TRUE(run(record, "await_failed").empty());
}

TEST(Checks, WantAFinalReadThatIsComplete) {
    auto record = test::killed_leader().build();
    for (auto& rows : record.final_rows) rows.last = rows.kind != "orders";
    auto const findings = run(record, "final_read_missing");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].sentence.find(" orders that were acknowledged may"), std::string::npos);
}

TEST(Checks, WantEveryStreamToHaveWorkedBefore) {
    auto made = test::killed_leader();
    made.down(1, 0s, 13s);
    auto const findings = run(made.build(), "vacuous");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].sentence.find("orders through app1:5000 (kept"), std::string::npos);
    EXPECT_EQ(run(record::Record{}, "vacuous").size(), 1U);
}

TEST(SickBefore, WhatWasWrongBeforeTheFaultMakesADrillInconclusive) {
    auto well = test::killed_leader();
    EXPECT_TRUE(run(well.build(), "sick_before").empty()) << "the fault's own outage is not before";

    auto sick = test::killed_leader();
    // Half a second of the twelve before the fault: 4 % of that path's attempts.
    sick.down(sick.record.streams.front().id, 3s, 3500ms);
    auto const findings = run(sick.build(), "sick_before");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(findings[0].about, Class::harness);
    EXPECT_TRUE(findings[0].sentence.contains("before the fault")) << findings[0].sentence;

    auto hiccup = test::killed_leader();
    hiccup.down(hiccup.record.streams.front().id, 3s, 3050ms);
    EXPECT_TRUE(run(hiccup.build(), "sick_before").empty());

    auto steady = test::killed_leader();
    steady.record.faults.clear();
    steady.down(steady.record.streams.front().id, 3s, 20s);
    EXPECT_TRUE(run(steady.build(), "sick_before").empty()) << "then it is what was looked for";
}

TEST(SickBefore, FewAttemptsAreJudgedWhereTheyCannotBeBadLuck) {
    // Eleven tickets, one a second, were to be had before the fault and their deadline.
    auto const lost_until = [](record::Offset end) {
        auto made = test::killed_leader();
        made.down(made.record.streams.back().id, 2s, end);
        return run(made.build(), "sick_before");
    };
    EXPECT_TRUE(lost_until(3s).empty()) << "one may be unlucky";
    EXPECT_TRUE(lost_until(4s).empty()) << "two of eleven, too: 2.0 %";
    auto const findings = lost_until(5s);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
    EXPECT_TRUE(findings[0].sentence.contains("tickets through app1:5000")) << findings[0].sentence;
    EXPECT_TRUE(findings[0].sentence.contains("(3 of 11; at most 2 % are normal)"))
        << findings[0].sentence;
}

TEST(SickBefore, IsAlsoAPathThatWorkedOnlyRightBeforeTheFault) {
    auto const carts_from = [](record::Offset end) {
        auto made = test::killed_leader();
        auto const carts =
            std::ranges::find(made.record.streams, "carts", &record::StreamDeclared::probe);
        made.down(carts->id, 0s, end);
        return run(made.build(), "sick_before");
    };
    EXPECT_EQ(carts_from(11500ms).size(), 1U);
    EXPECT_TRUE(carts_from(12s).empty()) << "one that never worked is told as that";
}

TEST(Checks, WantNodesAsked) {
    auto record = test::killed_leader().build();
    for (auto& state : record.node_states)
        if (state.node == "db1" && state.when == "after") state.complete = false;
    auto const findings = run(record, "not_clean");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
    EXPECT_NE(findings[0].about, Class::harness) << "it says nothing against the measurement";
}

TEST(Checks, WantFaultsUndone) {
    auto record = test::killed_leader().build();
    for (auto& event : record.faults)
        if (event.stage == FaultStage::undone) {
            event.stage = FaultStage::undo_failed;
            event.detail = "db1 does not start";
        }
    auto const findings = run(record, "not_clean");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].sentence,
              "node.crash on db1 was not undone: db1 does not start; run `interregnum heal`");
    record.ended.reset();
    EXPECT_TRUE(run(record, "not_clean").empty()) << "a killed controller cannot say";
}

TEST(Checks, SeeAControllerThatStoodStill) {
    auto record = test::killed_leader().build();
    for (auto& attempt : record.attempts)
        if (attempt.due >= 50s && attempt.due < 51s) {
            attempt.started = 51s;
            attempt.finished = 51'005ms;
        }
    auto const findings = run(record, "controller_stalled");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].sentence.find("50."), std::string::npos) << findings[0].sentence;
}

TEST(Checks, SeeAttemptsThatWereNeverMade) {
    auto record = test::killed_leader().build();
    std::erase_if(record.attempts, [](record::Attempt const& attempt) {
        return attempt.due >= 50s && attempt.due < 51s;
    });
    EXPECT_EQ(run(record, "controller_stalled").size(), 1U);
}

TEST(Checks, DoNotBlameTheControllerForAnOutage) {
    auto record = test::killed_leader().build();
    for (auto& attempt : record.attempts)  // every writing client hangs, reads go on
        if (record.streams[static_cast<std::size_t>(attempt.stream) - 1].service != Service::read &&
            attempt.due >= 20s && attempt.due < 30s)
            attempt.started += 900ms;
    EXPECT_TRUE(run(record, "controller_stalled").empty());
    for (auto& attempt : record.attempts)  // and where all hang, no client is free: unserved
        if (attempt.due >= 20s && attempt.due < 30s) {
            attempt.started = attempt.due;
            attempt.error = "unserved";
        }
    EXPECT_TRUE(run(record, "controller_stalled").empty());
}

// All attempts that were due from 50 s to 53 s and could not begin within their deadline.
template <class WhenTaken>
record::Record unserved_from_50_to_53(WhenTaken when_taken) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 400ms);
    made.stream("reads", Service::read, "app1:5001", Connection::fresh, 100ms, 300ms);
    auto record = made.build();
    for (auto& attempt : record.attempts) {
        if (attempt.due < 50s || attempt.due >= 53s) continue;
        record::Offset const taken = when_taken(attempt.due);
        record::Offset const deadline = attempt.stream == 1 ? 400ms : 300ms;
        bool const in_time = taken - attempt.due <= deadline;
        attempt.started = in_time ? taken : attempt.due;
        attempt.finished = in_time ? taken + 5ms : taken;
        if (in_time) continue;
        attempt.outcome = record::Outcome::failed;
        attempt.error = "unserved";
    }
    return record;
}

TEST(Checks, SeeAControllerThatStoodStillForLongerThanAllDeadlines) {
    // It goes on at 53 s: what was due in the last 400 ms is late, the rest is given up.
    auto const stalled = unserved_from_50_to_53([](record::Offset) { return record::Offset(53s); });
    auto const findings = run(stalled, "controller_stalled");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].sentence.find("began up to 3.00 s late"), std::string::npos)
        << findings[0].sentence;
    // Clients that hang in an outage end at their deadlines, one after the other.
    auto const outage =
        unserved_from_50_to_53([](record::Offset due) { return record::Offset(due + 450ms); });
    EXPECT_TRUE(run(outage, "controller_stalled").empty());
}

TEST(Checks, SeeARecordWithoutAnEnd) {
    auto record = test::killed_leader().build();
    record.ended.reset();
    ASSERT_EQ(run(record, "truncated").size(), 1U);
    EXPECT_EQ(run(record, "truncated")[0].verdict, Verdict::error);
}

/// From 20 s to 26 s no attempt is answered, and from 20.5 s on no node.
record::Record all_silent() {
    auto made = test::killed_leader();
    auto record = made.build();
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.started < 50s || attempt.started >= 56s) continue;
        attempt.outcome = record::Outcome::failed;
        attempt.error = "connect_timeout";
        attempt.finished = std::min(attempt.started + 1s, record::Offset(56s));
    }
    std::set<std::string> nodes;
    for (auto const& node : record.run.nodes) nodes.insert(node.name);
    for (std::string const& node : nodes) {
        if (node.starts_with("db"))
            record.members.push_back({.node = node, .asked = 50s, .at = 50500ms});
        else
            record.backends.push_back({.app = node, .status = "", .asked = 50s, .at = 50500ms});
    }
    return record;
}

TEST(Checks, SuspectTheControllersNetworkWhenNothingIsHeard) {
    auto const record = all_silent();
    auto const findings = run(record, "controller_cut_off");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(findings[0].about, Class::harness);
    EXPECT_NE(findings[0].sentence.find("from no entry point and from no node"), std::string::npos)
        << findings[0].sentence;
}

TEST(Checks, DoNotSuspectItWhereAnybodyWasHeard) {
    auto refused = all_silent();  // a refusal is a word from the other side
    for (auto& attempt : refused.attempts)
        if (attempt.stream == 2 && attempt.error == "connect_timeout") {
            attempt.error = "connect_refused";
            attempt.finished = attempt.started + 1ms;
        }
    EXPECT_TRUE(run(refused, "controller_cut_off").empty());

    auto node = all_silent();  // one node goes on answering its observer
    std::erase_if(node.members, [](auto const& seen) {
        return seen.node == "db2" && seen.at == record::Offset(50500ms);
    });
    EXPECT_TRUE(run(node, "controller_cut_off").empty());

    auto watched = all_silent();  // and one answers SSH
    for (record::Offset at = 50s; at < 57s; at += 500ms)
        watched.nodes_seen.push_back({.node = "db3", .reachable = true, .at = at});
    EXPECT_TRUE(run(watched, "controller_cut_off").empty());

    auto ours = all_silent();  // a fault that had them all in its hand
    record::FaultEvent fault{.fault_id = "f9",
                             .kind = "network.partition",
                             .stage = FaultStage::injecting,
                             .targets = {},
                             .at = 49s};
    for (auto const& one : ours.run.nodes) fault.targets.push_back(one.name);
    ours.faults.push_back(fault);
    EXPECT_TRUE(run(ours, "controller_cut_off").empty());
}

TEST(Checks, TellAWorkerThatHangsApart) {
    RecordBuilder made;
    int const worker =
        made.stream("tasks", Service::task, "worker app1:6379", Connection::kept, 2s, 2s);
    auto record = made.build();
    EXPECT_TRUE(run(record, "worker_hung").empty());
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.stream != worker || attempt.started < 20s) continue;
        attempt.outcome = record::Outcome::failed;
        attempt.error = "worker_hung";
        attempt.finished = attempt.started + 2s;
    }
    auto const findings = run(record, "worker_hung");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].verdict, Verdict::fail);
    EXPECT_TRUE(findings[0].sentence.starts_with("worker app1:6379: a worker hung for at least"))
        << findings[0].sentence;
}

TEST(Checks, FindSlotsThatLostWalOrTheirReader) {
    record::Record record;
    auto const read_back = [&](std::string kind, std::vector<record::FinalRow> rows,
                               std::string source, std::string role) {
        record.final_rows.push_back({.kind = std::move(kind),
                                     .source = std::move(source),
                                     .role = std::move(role),
                                     .rows = std::move(rows),
                                     .last = true});
    };
    read_back("slots_before",
              {{"active feed (logical)", 0},
               {"active db3 (physical)", 0},
               {"inactive old (logical)", 900},
               {"lost gone (logical)", 0}},
              "db1", "");
    // A copy of the slot, on the node that is promoted later.
    read_back("slots_before", {{"inactive feed (logical)", 0}}, "db2", "");
    read_back("slots",
              {{"inactive feed (logical)", 5000},
               {"inactive db1 (physical)", 0},
               {"active db3 (physical)", 70},
               {"lost late (logical)", 0}},
              "db2", "leader");
    read_back("slots",
              {{"inactive old (logical)", 1900},
               {"lost gone (logical)", 0},
               {"inactive db2 (physical)", 800}},
              "db1", "replica");
    auto const found = run(record, "stale_slots");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].sentence,
              "replication slot feed (logical) on db2 has no reader, as it had before the drill, "
              "and retains 5,000 bytes of WAL: in the end the disk is full");
    EXPECT_EQ(found[0].verdict, Verdict::fail);
    EXPECT_EQ(found[1].sentence,
              "replication slot late (logical) on db2 lost WAL that its reader had not read: the "
              "reader must be made anew");
    EXPECT_EQ(found[1].about, Class::durability);
}

}  // namespace
}  // namespace interregnum
