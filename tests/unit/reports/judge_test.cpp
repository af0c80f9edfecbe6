// SPDX-License-Identifier: MIT
#include "reports/judge.h"

#include <gtest/gtest.h>

#include "reports/because.h"
#include "reports/certificate.h"
#include "reports/expected.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::EndReason;
using record::Expectation;
using record::Note;
using record::Offset;
using record::Service;
using test::RecordBuilder;

MeasureValue between(std::int64_t low, std::int64_t high) {
    return {.known = true, .at_least = low, .at_most = high, .best = low};
}

TEST(Hold, NeedsTheWholeIntervalOnOneSide) {
    Expectation const at_most{.measure = "m", .op = "<=", .limit = 60};
    EXPECT_EQ(hold(at_most, between(50, 60)), Verdict::pass);
    EXPECT_EQ(hold(at_most, between(59, 61)), Verdict::inconclusive);
    EXPECT_EQ(hold(at_most, between(61, 65)), Verdict::fail);
    EXPECT_EQ(hold(at_most, between(50, unbounded)), Verdict::inconclusive);
    EXPECT_EQ(hold(at_most, between(70, unbounded)), Verdict::fail);
    EXPECT_EQ(hold(at_most, {}), Verdict::inconclusive);
    Expectation const equal{.measure = "m", .op = "==", .limit = 1};
    EXPECT_EQ(hold(equal, between(1, 1)), Verdict::pass);
    EXPECT_EQ(hold(equal, between(2, 2)), Verdict::fail);
    EXPECT_EQ(hold(equal, between(0, 3)), Verdict::inconclusive);
    EXPECT_EQ(hold({.op = ">=", .limit = 5}, between(5, 9)), Verdict::pass);
    EXPECT_EQ(hold({.op = "<", .limit = 5}, between(5, 5)), Verdict::fail);
    EXPECT_EQ(hold({.op = ">", .limit = 5}, between(5, 6)), Verdict::inconclusive);
}

struct Case {
    std::string what;
    Evidences all;
    Verdict verdict;
};

Evidences completed() { return {.ended = record::RunEnded{.reason = EndReason::completed}}; }
Evidences with(Evidences all, Finding finding) {
    all.findings.push_back(std::move(finding));
    return all;
}
Evidences with(Evidences all, Note::Effect effect) {
    all.notes.push_back({.effect = effect, .text = "n"});
    return all;
}
Evidences with(Evidences all, std::string measure, Verdict verdict) {
    all.expectations.push_back(
        {.expectation = {.measure = std::move(measure)}, .verdict = verdict});
    return all;
}
Evidences ended(EndReason reason) { return {.ended = record::RunEnded{.reason = reason}}; }

TEST(Weigh, FollowsThePrecedence) {
    Finding const lost{.about = Class::durability, .verdict = Verdict::fail};
    Finding const allowed{.about = Class::durability, .verdict = Verdict::pass};
    Finding const unproven{.about = Class::harness, .verdict = Verdict::inconclusive};
    Finding const unread{.about = Class::durability, .verdict = Verdict::inconclusive};
    Finding const broken{.about = Class::harness, .verdict = Verdict::error};
    auto const slow = with(completed(), "write.downtime", Verdict::fail);
    for (Case const& one : std::vector<Case>{
             {"nothing wrong", completed(), Verdict::pass},
             {"an allowed loss", with(completed(), allowed), Verdict::pass},
             {"killed", {}, Verdict::error},
             {"killed after a loss", with(Evidences{}, lost), Verdict::fail},
             {"error", ended(EndReason::error), Verdict::error},
             {"aborted", ended(EndReason::aborted), Verdict::aborted},
             {"aborted after a loss", with(ended(EndReason::aborted), lost), Verdict::fail},
             {"interrupted", ended(EndReason::interrupted), Verdict::aborted},
             {"too slow", slow, Verdict::fail},
             {"too slow, but the fault is unproven", with(slow, unproven), Verdict::inconclusive},
             {"too slow, but a spot node was taken", with(slow, Note::Effect::inconclusive),
              Verdict::inconclusive},
             {"too slow, and not read back", with(slow, unread), Verdict::fail},
             {"lost, and unproven", with(with(completed(), lost), unproven), Verdict::fail},
             {"lost by expectation", with(completed(), "lost", Verdict::fail), Verdict::fail},
             {"oversold by expectation, and unproven",
              with(with(completed(), "oversold", Verdict::fail), unproven), Verdict::fail},
             {"not read back", with(completed(), unread), Verdict::inconclusive},
             {"a limit inside the error",
              with(completed(), "write.downtime", Verdict::inconclusive), Verdict::inconclusive},
             {"not clean", with(slow, broken), Verdict::error},
             {"a note of an error", with(completed(), Note::Effect::error), Verdict::error},
             {"a note of something left", with(completed(), Note::Effect::not_undone),
              Verdict::error},
             {"a plain note", with(completed(), Note::Effect::none), Verdict::pass}})
        EXPECT_EQ(weigh(one.all), one.verdict) << one.what;
}

TEST(Judge, PassesTheDrillOfTheSample) {
    Judgement const judgement = judge_record(test::killed_leader().build());
    for (Finding const& finding : judgement.findings) ADD_FAILURE() << finding.sentence;
    EXPECT_EQ(judgement.verdict, Verdict::pass);
    EXPECT_EQ(judgement.because,
              "customers could not buy for 31.94 s (limit 60 s); nothing was lost.");
    EXPECT_FALSE(judgement.not_undone);
    EXPECT_EQ(judgement.expectations.size(), 7U);
}

TEST(Judge, FailsALimitThatWasMissed) {
    auto made = test::killed_leader();
    made.record.run.expectations[1].limit = 1'000'000'000;
    Judgement const judgement = judge_record(made.build());
    EXPECT_EQ(judgement.verdict, Verdict::fail);
    EXPECT_EQ(judgement.because,
              "customers could not buy for 31.94 s (limit 1 s); nothing was lost.");
}

TEST(Judge, CannotTellWhereTheLimitLiesInTheError) {
    auto made = test::killed_leader();
    made.record.run.expectations[1].limit = 31'940'000'000;
    Judgement const judgement = judge_record(made.build());
    EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
    EXPECT_TRUE(judgement.undecided) << "its numbers are as good as any";
    EXPECT_NE(judgement.because.find("the limit lies within the error"), std::string::npos)
        << judgement.because;
    made.record.notes.push_back(
        {.effect = Note::Effect::inconclusive, .text = "the controller stood still"});
    Judgement const proves_nothing = judge_record(made.build());
    EXPECT_EQ(proves_nothing.verdict, Verdict::inconclusive);
    EXPECT_FALSE(proves_nothing.undecided);
}

TEST(Judge, TellsAnOutageByDesignApart) {
    auto made = test::killed_leader();
    made.record.run.by_design = "etcd has no majority";
    made.record.run.expectations[1].op = ">=";
    made.record.run.expectations[1].limit = 20'000'000'000;
    auto record = made.build();
    Judgement const down = judge_record(record);
    EXPECT_EQ(down.verdict, Verdict::pass);
    EXPECT_EQ(down.because,
              "customers could not buy for 31.94 s (expected >= 20 s); down by design: etcd has no "
              "majority; nothing was lost.");
    EXPECT_TRUE(down_by_design(record.run, down));

    std::erase_if(record.attempts, [](auto const& attempt) {
        return attempt.outcome != record::Outcome::ok || attempt.started > 9s;
    });
    Judgement const up = judge_record(record);
    EXPECT_FALSE(down_by_design(record.run, up));
    EXPECT_EQ(up.verdict, Verdict::fail) << up.because;
    EXPECT_NE(up.because.find("customers could buy all the time; it would have been down by design "
                              "(etcd has no majority) and was not"),
              std::string::npos)
        << up.because;
}

TEST(Judge, KeepsALossAFailureWhateverElseHappened) {
    auto made = test::killed_leader();
    made.lose = {"orders-1-300"};
    auto record = made.build();
    record.ended = record::RunEnded{.reason = EndReason::aborted, .detail = "abort_if"};
    Judgement const judgement = judge_record(record);
    EXPECT_EQ(judgement.verdict, Verdict::fail);
    EXPECT_NE(judgement.because.find("acknowledged orders are not on db2"), std::string::npos)
        << judgement.because;
}

TEST(Judge, AllowsALossThatTheScenarioAllows) {
    auto made = test::killed_leader();
    made.lose = {"orders-1-300"};
    for (auto& expectation : made.record.run.expectations)
        if (expectation.measure == "lost") expectation.op = "<=", expectation.limit = 5;
    Judgement const judgement = judge_record(made.build());
    EXPECT_EQ(judgement.verdict, Verdict::pass) << judgement.because;
    ASSERT_EQ(judgement.findings.size(), 1U);
    EXPECT_EQ(judgement.findings[0].verdict, Verdict::pass);
}

TEST(Judge, CallsAKilledControllerAnErrorAndReportsAllTheSame) {
    auto record = test::killed_leader().build();
    record.ended.reset();
    record.final_rows.clear();
    Judgement const judgement = judge_record(record);
    EXPECT_EQ(judgement.verdict, Verdict::error);
    EXPECT_NE(judgement.because.find("the controller was killed"), std::string::npos);
    EXPECT_NE(judgement.because.find("31.94 s"), std::string::npos);
}

TEST(Judge, SaysWhatWasLeftBehind) {
    auto made = test::killed_leader();
    made.record.node_states.back().facts["nft"] = "table inet drill";
    Judgement const judgement = judge_record(made.build());
    EXPECT_TRUE(judgement.not_undone);
    EXPECT_EQ(judgement.verdict, Verdict::error);
    EXPECT_NE(judgement.because.find("app2 is not as it was"), std::string::npos);
}

TEST(Judge, AServerThatWasToldToBootAndIsNotBackIsLeftBehind) {
    auto record = test::killed_leader().build();
    ASSERT_FALSE(judge_record(record).not_undone);
    record::FaultEvent last = record.faults.back();
    ASSERT_EQ(last.stage, record::FaultStage::undone);
    last.stage = record::FaultStage::undo_failed;
    last.detail = "not back 300.00 s after it was to boot again: db1 (no route)";
    record.faults.push_back(last);
    for (auto& state : record.node_states)
        if (state.node == "db1" && state.when == "after") state.complete = false;
    Judgement const judgement = judge_record(record);
    EXPECT_TRUE(judgement.not_undone);
    EXPECT_EQ(judgement.verdict, Verdict::error);
    auto const left = faults_left(record);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_NE(left[0].find("on db1 was not undone: not back 300.00 s"), std::string::npos);
    for (NodeCertificate const& node : certificates_of(record)) {
        bool const crashed = node.node == "db1";
        EXPECT_EQ(node.state == NodeCertificate::State::changed, crashed) << node.node;
        if (crashed) {
            EXPECT_NE(node.differences.back().find("db1 (no route)"), std::string::npos);
        }
    }
}

TEST(Judge, MarksAnInterruptedRun) {
    auto record = test::killed_leader().build();
    record.ended =
        record::RunEnded{.reason = EndReason::interrupted, .detail = "SIGINT", .at = 90s};
    Judgement const judgement = judge_record(record);
    EXPECT_TRUE(judgement.interrupted);
    EXPECT_EQ(judgement.verdict, Verdict::aborted);
    EXPECT_TRUE(judgement.because.starts_with("interrupted: SIGINT; ")) << judgement.because;
}

TEST(Judge, DoesNotKnowAnExpectationOfAnotherVersion) {
    auto made = test::killed_leader();
    made.expect("tea.temperature", "<=", 90, "tea.temperature <= 90");
    Judgement const judgement = judge_record(made.build());
    EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
    EXPECT_NE(judgement.because.find("no such measure"), std::string::npos);
}

// The last line of a run in which new connections and tickets fared so.
std::string because_of(Offset connections_down, Offset tickets_down) {
    RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    int const fresh =
        made.stream("orders", Service::write, "app1:5000", Connection::fresh, 20ms, 1s);
    int const tickets =
        made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    made.down(fresh, 10s, 10s + connections_down);
    made.down(tickets, 10s, 10s + tickets_down);
    return judge_record(made.build()).because;
}

// "Customers could buy all the time" would be a lie when only orders went through.
TEST(Judge, NamesEveryPathThatCustomersFelt) {
    EXPECT_TRUE(because_of(0s, 0s).contains("customers could buy all the time"));
    std::string const because = because_of(4s, 20s);
    EXPECT_TRUE(because.contains("orders on kept connections went through all the time"))
        << because;
    EXPECT_TRUE(because.contains("new connections failed for ")) << because;
    EXPECT_TRUE(because.contains("tickets could not be bought for ")) << because;
}

}  // namespace
}  // namespace interregnum
