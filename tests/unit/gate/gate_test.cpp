// SPDX-License-Identifier: MIT
#include "harness/gate.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/statistics/made_runs.h"

namespace interregnum::test {
namespace {

GateJudgement judge(GateFacts const& facts) {
    return Registry<GateKind>::find("default")->judge(facts);
}

Threshold at_most(Statistic statistic, int seconds) {
    return {.statistic = statistic,
            .limit = {.measure = "write.downtime",
                      .op = "<=",
                      .limit = seconds * 1'000'000'000LL,
                      .text = fmt::format("write.downtime <= {}s", seconds)}};
}

/// A gate of one drill, played once for each downtime, in which all is well.
GateFacts made_gate(std::vector<double> const& downtimes) {
    GateDrill drill{.scenario = "kill-leader",
                    .title = "The leader's server loses power",
                    .repeats = static_cast<int>(downtimes.size())};
    for (RunSummary const& run : made_runs(downtimes))
        drill.runs.push_back({.summary = run, .folder = run.id});
    return {.suite = "smoke",
            .title = "A first look",
            .cluster = "lab",
            .environment = "disposable",
            .version = "0.1.0",
            .began = "2026-11-22T03:10:44.123Z",
            .ended = "2026-11-22T03:20:44.123Z",
            .first_seed = 7,
            .drills = {drill}};
}

TEST(Gate, IsAGoWhenEverythingThatWasAskedWasProvedAndHeld) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].thresholds = {at_most(Statistic::median, 32), at_most(Statistic::max, 36)};
    facts.manual = {{.id = "restore-tested", .text = "Restored", .by = "Ada", .at = "today"}};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::go);
    EXPECT_EQ(judged.because, "GO: 1 drill in 3 plays on lab, and every limit held.");
    EXPECT_NE(judged.text.find("median of write.downtime  31.00 s (30.99 to 31.01), limit <= 32s"),
              std::string::npos)
        << judged.text;
    EXPECT_NE(judged.text.find("Restored: Ada, today"), std::string::npos) << judged.text;
    EXPECT_EQ(nlohmann::json::parse(judged.json)["decision"], "go");
}

TEST(Gate, IsANoGoWhenAThresholdIsMissed) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].thresholds = {at_most(Statistic::median, 40), at_most(Statistic::max, 34)};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::no_go);
    EXPECT_EQ(judged.because,
              "NO-GO: kill-leader: max of write.downtime is 35.00 s (34.99 to 35.01), limit <= "
              "34s.");
}

TEST(Gate, IsANoGoWhenADrillHasBeenInconclusiveForTooManyNights) {
    GateFacts facts = made_gate({30});
    facts.drills[0].runs[0].summary.verdict = Verdict::inconclusive;
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
    facts.drills[0].inconclusive_nights = 3;
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::no_go);
    EXPECT_TRUE(judged.because.starts_with("NO-GO: kill-leader: inconclusive for 3 nights running"))
        << judged.because;
    EXPECT_NE(judged.junit.find("failures=\"1\""), std::string::npos) << judged.junit;
}

TEST(Gate, IsUndecidedWhenALimitLiesInsideTheErrorBars) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].thresholds = {at_most(Statistic::max, 35)};
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
}

TEST(Gate, IsUndecidedWhenAPercentileHasTooFewPlays) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].thresholds = {at_most(Statistic::p95, 60)};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::undecided);
    EXPECT_NE(judged.because.find("3 plays are too few for a 95th percentile"), std::string::npos)
        << judged.because;
}

TEST(Gate, APlayThatCannotSayMayHaveBeenTheWorst) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].runs[2].summary.measures["write.downtime"] = {
        .unit = Unit::duration, .value = {.why_unknown = "no attempt was made"}};
    facts.drills[0].thresholds = {at_most(Statistic::median, 60)};
    EXPECT_EQ(judge(facts).decision, Decision::go) << "whatever the third was";
    facts.drills[0].thresholds = {at_most(Statistic::max, 60)};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::undecided);
    EXPECT_NE(judged.because.find("31.00 s (30.99 to 31.01), 1 play cannot say"), std::string::npos)
        << judged.because;
}

TEST(Gate, IsANoGoWhenOnePlayFailed) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].runs[1].summary.verdict = Verdict::fail;
    facts.drills[0].runs[1].summary.because = "12 orders were lost";
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::no_go);
    EXPECT_EQ(judged.because, "NO-GO: kill-leader, seed 8: 12 orders were lost.");
    EXPECT_NE(judged.junit.find("failures=\"1\""), std::string::npos) << judged.junit;
}

TEST(Gate, APlayThatProvedNothingCountsOnlyWhereOneIsMissing) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.drills[0].runs[1].summary.verdict = Verdict::inconclusive;
    facts.drills[0].not_played = "1 of 3 plays proved nothing";
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
    facts.drills[0].repeats = 2;
    facts.drills[0].not_played.clear();
    EXPECT_EQ(judge(facts).decision, Decision::go);
}

// Played again, it would be a go as soon as the cluster came back once.
TEST(Gate, AnOutageThatDidNotEndIsADoubtThatNoOtherPlayTakesAway) {
    GateFacts facts = made_gate({30, 31, 35, 32});
    facts.drills[0].repeats = 3;
    facts.drills[0].thresholds = {at_most(Statistic::median, 60)};
    RunSummary& open = facts.drills[0].runs[1].summary;
    open.verdict = Verdict::inconclusive;
    open.undecided = true;
    open.because = "nobody could buy for 31 s and more";
    open.measures["write.downtime"].value.at_most = unbounded;
    auto const doubtful = judge(facts);
    EXPECT_EQ(doubtful.decision, Decision::undecided);
    EXPECT_EQ(doubtful.because,
              "UNDECIDED: kill-leader, seed 8: nobody could buy for 31 s and more.")
        << "the median of the four holds, wherever the outage ends";
    facts.drills[0].thresholds = {at_most(Statistic::max, 60)};
    EXPECT_NE(judge(facts).because.find("max of write.downtime is"), std::string::npos);
    // What it is known to have lasted speaks against the cluster.
    open.measures["write.downtime"].value.at_least = 61'000'000'000;
    open.measures["write.downtime"].value.best = 61'000'000'000;
    EXPECT_EQ(judge(facts).decision, Decision::no_go);
}

TEST(Gate, AForbiddenFindingIsANoGoWithItsRemedyAndOthersAreRisks) {
    GateFacts facts = made_gate({30});
    facts.findings = {{.item = "patroni.pause",
                       .severity = "stop",
                       .found = "maintenance mode is on",
                       .consequence = "nobody takes over",
                       .remedy = "patronictl resume",
                       .forbids = true},
                      {.item = "patroni.watchdog",
                       .severity = "warn",
                       .found = "there is none",
                       .consequence = "a hung leader goes on writing",
                       .remedy = "configure one"}};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::no_go);
    EXPECT_EQ(judged.because,
              "NO-GO: preflight, patroni.pause: maintenance mode is on; patronictl resume.");
    EXPECT_NE(judged.markdown.find("warn patroni.watchdog: there is none"), std::string::npos)
        << judged.markdown;
}

TEST(Gate, WhatNobodyTickedOrPlayedIsUndecided) {
    GateFacts facts = made_gate({30});
    facts.manual = {{.id = "restore-tested", .text = "Restored"}};
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
    facts = made_gate({});
    facts.drills[0].repeats = 1;
    facts.drills[0].not_played = "it cannot be drilled";
    facts.cannot_drill = {"db1: no answer"};
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
}

TEST(Gate, WhoStopsItSaysNothingAgainstTheCluster) {
    GateFacts facts = made_gate({30, 31});
    facts.drills[0].runs[1].summary.verdict = Verdict::aborted;
    facts.drills[0].runs[1].interrupted = true;
    facts.interrupted = true;
    EXPECT_EQ(judge(facts).decision, Decision::undecided);
    facts.drills[0].runs[1].interrupted = false;
    EXPECT_EQ(judge(facts).decision, Decision::no_go);
}

TEST(Gate, WhatWasLeftBehindOnANodeIsSaidApart) {
    GateFacts facts = made_gate({30});
    facts.drills[0].runs[0].not_undone = true;
    auto const judged = judge(facts);
    EXPECT_TRUE(judged.not_undone);
    EXPECT_EQ(judged.decision, Decision::no_go);
}

TEST(Gate, ABrokenHarnessIsNoReasonAgainstTheCluster) {
    GateFacts facts = made_gate({30, 31});
    facts.drills[0].runs[1].summary.verdict = Verdict::error;
    facts.troubles = {"hook after the drills: it failed"};
    auto const judged = judge(facts);
    EXPECT_TRUE(judged.harness_broke);
    EXPECT_EQ(judged.decision, Decision::undecided);
}

/// Ten plays are wanted, three were made.
GateDrill three_of_ten(std::vector<Threshold> thresholds) {
    GateDrill drill = made_gate({30, 31, 35}).drills[0];
    drill.repeats = 10;
    drill.thresholds = std::move(thresholds);
    return drill;
}

TEST(LostDrill, IsOneThatNoFurtherPlayCanSave) {
    auto const lost = [](GateDrill const& drill) {
        return Registry<GateKind>::find("default")->is_lost(drill);
    };
    EXPECT_FALSE(lost(three_of_ten({at_most(Statistic::max, 36)})));
    EXPECT_TRUE(lost(three_of_ten({at_most(Statistic::max, 34)})));
    EXPECT_FALSE(lost(three_of_ten({at_most(Statistic::max, 35)}))) << "inside the error bars";
    EXPECT_FALSE(lost(three_of_ten({at_most(Statistic::median, 20)}))) << "seven may be quicker";
    GateDrill five = three_of_ten({at_most(Statistic::median, 20)});
    five.repeats = 5;
    EXPECT_TRUE(lost(five)) << "three of five are slower";
    GateDrill failed = three_of_ten({});
    EXPECT_FALSE(lost(failed));
    failed.runs[0].summary.verdict = Verdict::inconclusive;
    EXPECT_FALSE(lost(failed));
    failed.runs[0].summary.verdict = Verdict::fail;
    EXPECT_TRUE(lost(failed));
}

TEST(Gate, OutOfTimeIsUndecidedUnlessTheNumbersAreProved) {
    GateFacts facts = made_gate({30, 31, 32, 33, 34, 35});
    GateDrill& drill = facts.drills[0];
    drill.repeats = 10;
    drill.not_played = "the budget of 2h was used up";
    drill.no_time = true;
    EXPECT_EQ(judge(facts).decision, Decision::undecided) << "without thresholds each play counts";
    drill.thresholds = {at_most(Statistic::max, 60)};
    EXPECT_EQ(judge(facts).decision, Decision::undecided) << "the seventh may be worse";
    drill.thresholds = {at_most(Statistic::median, 34)};
    EXPECT_EQ(judge(facts).decision, Decision::undecided) << "the median of ten is one of two";
    drill.thresholds = {at_most(Statistic::median, 36)};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.decision, Decision::go) << "six of ten are below, whatever the others are";
    EXPECT_NE(judged.markdown.find("6 of 10 plays: the others could not have changed its numbers"),
              std::string::npos)
        << judged.markdown;
    drill.no_time = false;
    EXPECT_EQ(judge(facts).decision, Decision::undecided) << "it could have been played";
}

TEST(Gate, APlayThatWasCutOffIsShownAndCountsForNothing) {
    GateFacts facts = made_gate({30, 31});
    facts.drills[0].cut_off = {
        {.folder = "2026-11-22T03-10-44-kill<leader", .why = "seed 8 was interrupted"}};
    facts.resumed = {"2026-11-22T04:10:44.123Z"};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.because, "GO: 1 drill in 2 plays on lab, and every limit held.");
    for (std::string const* told : {&judged.html, &judged.markdown, &judged.text, &judged.json})
        EXPECT_NE(told->find("seed 8 was interrupted"), std::string::npos);
    EXPECT_NE(judged.html.find("<a href=\"2026-11-22T03-10-44-kill&lt;leader/\">"),
              std::string::npos);
    EXPECT_NE(judged.html.find("2026-11-22T04:10:44.123Z"), std::string::npos);
}

TEST(Gate, LinksNoReportThatIsNotThere) {
    GateFacts facts = made_gate({30});
    facts.drills[0].runs.push_back({.summary = {.seed = 8, .verdict = Verdict::error},
                                    .folder = "2026-11-22T03-15-00-kill-leader",
                                    .no_report = true,
                                    .not_undone = true});
    std::string const html = judge(facts).html;
    EXPECT_NE(html.find("seed 8, no report: <a href=\"2026-11-22T03-15-00-kill-leader/\">"),
              std::string::npos);
    EXPECT_EQ(html.find("2026-11-22T03-15-00-kill-leader/report.html"), std::string::npos);
    EXPECT_NE(html.find("2026-11-01T03-10-44-kill-leader/report.html"), std::string::npos);
}

TEST(Gate, OfAShardSaysWhichAndWhatIsDecidedElsewhere) {
    GateFacts facts = made_gate({30});
    facts.shard = "2/3";
    facts.elsewhere = {"switchover (shard 1/3)"};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.because, "GO: 1 drill in 1 play on lab (shard 2/3), and every limit held.");
    for (std::string const* told : {&judged.html, &judged.markdown, &judged.json})
        EXPECT_NE(told->find("switchover (shard 1/3)"), std::string::npos) << *told;
    EXPECT_NE(judged.text.find("gate smoke, shard 2/3 on lab"), std::string::npos) << judged.text;
}

TEST(Gate, IsWrittenForPrometheus) {
    GateFacts facts = made_gate({30, 31, 35});
    facts.suite = "night\"ly\\\xFF";
    facts.drills[0].runs[2].summary.verdict = Verdict::inconclusive;
    facts.drills[0].repeats = 2;
    std::string const text = judge(facts).prometheus;
    for (char const* line :
         {"# TYPE interregnum_gate_decision gauge\n",
          ("interregnum_gate_decision{suite=\"night\\\"ly\\\\?\",cluster=\"lab\",decision=\"go\"} "
           "1\n"),
          "decision=\"no_go\"} 0\n", "interregnum_gate_unfinished{",
          // date -u -d 2026-11-22T03:20:44.123Z +%s
          ",cluster=\"lab\"} 1795317644.123\n",
          "cluster=\"lab\",scenario=\"kill-leader\",verdict=\"pass\"} 2\n",
          "verdict=\"inconclusive\"} 1\n",
          "measure=\"write.downtime\",statistic=\"median\",bound=\"best\"} 30.5\n",
          "measure=\"write.downtime\",statistic=\"max\",bound=\"at_most\"} 31.01\n",
          "interregnum_plays_count{"})
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    EXPECT_EQ(text.find("p95"), std::string::npos) << "two plays tell none";
    EXPECT_EQ(text.back(), '\n');
}

TEST(Gate, ThePageShowsWhatComesFromOutsideAsText) {
    GateFacts facts = made_gate({30});
    facts.cluster = "<script>alert(1)</script>";
    facts.not_in_suite = {"lag-replica: A <b>replica</b> lags"};
    auto const judged = judge(facts);
    EXPECT_EQ(judged.html.find("<script>"), std::string::npos);
    EXPECT_EQ(judged.html.find("<b>replica"), std::string::npos);
    EXPECT_EQ(judged.junit.find("<script>"), std::string::npos);
    EXPECT_NE(judged.html.find("lag-replica: A &lt;b&gt;replica"), std::string::npos);
    EXPECT_NE(judged.html.find("href=\"2026-11-01T03-10-44-kill-leader/report.html\""),
              std::string::npos);
    EXPECT_NE(judged.html.find("Date, signature"), std::string::npos);
}

}  // namespace
}  // namespace interregnum::test
