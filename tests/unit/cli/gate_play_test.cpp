// SPDX-License-Identifier: MIT
#include "harness/cli/gate_play.h"

#include <gtest/gtest.h>

#include "harness/cli/gate_facts.h"

namespace interregnum {
namespace {

/// The gate of one play that ended with that code and left no report.
GateFacts without_report(ExitCode code) {
    Scenario const scenario{.name = "kill-leader"};
    GateFacts facts{.cluster = "nightly", .drills = {{.scenario = "kill-leader"}}};
    facts.drills[0].runs.push_back(
        gate_run({.code = code}, {.scenario = scenario, .seed = 7}, "nightly"));
    return facts;
}

TEST(GateRun, WithoutAReportIsAnErrorWithItsReason) {
    GateFacts const facts = without_report(ExitCode::harness_error);
    GateRun const& run = facts.drills[0].runs[0];
    EXPECT_EQ(run.summary.verdict, Verdict::error);
    EXPECT_EQ(run.summary.because, "it left no report; its error is on stderr");
    EXPECT_EQ(run.summary.scenario, "kill-leader");
    EXPECT_EQ(run.summary.cluster, "nightly");
    EXPECT_EQ(run.summary.seed, 7U);
    EXPECT_FALSE(run.not_undone);
    GateJudgement const judged = judge_of_gates().judge(facts);
    EXPECT_TRUE(judged.harness_broke);
    EXPECT_EQ(judged.decision, Decision::undecided);
}

TEST(GateRun, WithoutAReportIsKnownToHaveLeftSomethingBehind) {
    GateFacts const facts = without_report(ExitCode::not_undone);
    EXPECT_TRUE(facts.drills[0].runs[0].not_undone);
    GateJudgement const judged = judge_of_gates().judge(facts);
    EXPECT_TRUE(judged.not_undone);
    EXPECT_EQ(judged.decision, Decision::no_go);
}

TEST(GateRun, WithoutAReportNamesTheFolderOfTheJournalThatUndoesIt) {
    Scenario const scenario{.name = "kill-leader"};
    Play const one{.scenario = scenario, .seed = 7};
    Reported reported{.code = ExitCode::not_undone, .run_folder = "runs/gate/03-10-44-kill-leader"};
    GateRun const left = gate_run(reported, one, "nightly");
    EXPECT_EQ(left.folder, "03-10-44-kill-leader");
    EXPECT_TRUE(left.no_report);
    reported.code = ExitCode::harness_error;
    EXPECT_EQ(gate_run(reported, one, "nightly").folder, "") << "it has no page to link to";
}

TEST(GateRun, WithoutAReportIsANoGoWhenItFailed) {
    GateFacts const facts = without_report(ExitCode::fail);
    EXPECT_EQ(facts.drills[0].runs[0].summary.verdict, Verdict::fail);
    EXPECT_EQ(facts.drills[0].runs[0].summary.because,
              "it failed, and it left no report; its error is on stderr");
    GateJudgement const judged = judge_of_gates().judge(facts);
    EXPECT_EQ(judged.decision, Decision::no_go);
    EXPECT_FALSE(judged.harness_broke);
}

}  // namespace
}  // namespace interregnum
