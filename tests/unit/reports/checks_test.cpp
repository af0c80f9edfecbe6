// SPDX-License-Identifier: MIT
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
    EXPECT_EQ(Registry<CheckKind>::all().size(), 12U);
}

TEST(Checks, ShowLostOrdersWithFirstAndLast) {
    auto made = test::killed_leader();
    for (int i = 100; i < 120; ++i) made.lose.insert("orders-1-" + std::to_string(i));
    auto const findings = run(made.build(), "lost_orders");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].about, Class::durability);
    EXPECT_EQ(findings[0].verdict, Verdict::fail);
    EXPECT_TRUE(findings[0].sentence.starts_with("20 of ")) << findings[0].sentence;
    EXPECT_NE(findings[0].sentence.find("no replica has them"), std::string::npos);
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

TEST(Checks, SeeARecordWithoutAnEnd) {
    auto record = test::killed_leader().build();
    record.ended.reset();
    ASSERT_EQ(run(record, "truncated").size(), 1U);
    EXPECT_EQ(run(record, "truncated")[0].verdict, Verdict::error);
}

}  // namespace
}  // namespace interregnum
