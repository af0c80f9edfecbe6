// SPDX-License-Identifier: MIT
// Nodes that AWS took back: told apart from our own faults, and what becomes of the verdict.
#include "reports/measures/reclaims.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/certificate.h"
#include "reports/judge.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::NodeSeen;
using record::Offset;
using record::Record;
using test::killed_leader;
using test::RecordBuilder;

/// The drill of the design's sample on spot instances: db1 is killed at 12 s.
RecordBuilder on_spot() {
    RecordBuilder builder = killed_leader();
    builder.record.run.wall_start_ns = 1'795'403'400'000'000'000;  // 03:10:00Z
    builder.record.facts.push_back(
        {.name = std::string(record::spot_watched_fact), .value = "db1 db2 db3"});
    builder.expect("write.downtime", "<=", 5'000'000'000, "write.downtime <= 5s");
    for (std::string const node : {"db1", "db2", "db3"})
        builder.record.nodes_seen.push_back(
            {.node = node, .reachable = true, .boot_id = "one", .at = 1s});
    return builder;
}

void announce(RecordBuilder& builder, std::string const& node, std::string const& action,
              std::string const& time, Offset at) {
    builder.record.facts.push_back(
        record::to_fact({.node = node, .action = action, .time = time, .at = at}));
}

void falls_silent(RecordBuilder& builder, std::string const& node, Offset at) {
    builder.record.nodes_seen.push_back({.node = node, .reachable = false, .at = at});
    builder.record.node_states.push_back({.node = node, .when = "before", .complete = true});
    builder.record.node_states.push_back({.node = node, .when = "after", .complete = false});
}

Judged const& downtime_of(Judgement const& judgement) {
    return *std::ranges::find_if(judgement.expectations, [](Judged const& judged) {
        return judged.expectation.text == "write.downtime <= 5s";
    });
}

TEST(Reclaims, AnAnnouncedOneMakesAvailabilityInconclusiveAndIsNamed) {
    RecordBuilder builder = on_spot();
    announce(builder, "db2", "terminate", "2026-11-23T03:10:40Z", 20s);
    falls_silent(builder, "db2", 42s);
    Record const record = builder.build();
    auto const reclaims = reclaims_of(record);
    ASSERT_EQ(reclaims.size(), 1U);
    EXPECT_TRUE(reclaims[0].terminated);
    Judgement const judgement = judge_record(record);
    EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
    EXPECT_TRUE(judgement.because.starts_with(
        "db2 was reclaimed by AWS at 03:10:40 (UTC; notice seen at 03:10:20, to terminate it): "
        "availability is not judged"))
        << judgement.because;
    EXPECT_EQ(downtime_of(judgement).verdict, Verdict::inconclusive);
    EXPECT_NE(downtime_of(judgement).sentence.find("not judged, since db2"), std::string::npos);
    EXPECT_FALSE(judgement.not_undone);
    auto const json =
        nlohmann::json::parse(Registry<FormatKind>::find("json")->render(record, judgement));
    EXPECT_EQ(json["reclaimed"][0]["notice"]["action"], "terminate");
    auto const nodes = certificates_of(record);
    auto const db2 = std::ranges::find(nodes, "db2", &NodeCertificate::node);
    EXPECT_EQ(db2->state, NodeCertificate::State::gone);
}

TEST(Reclaims, ALostPurchaseFailsAllTheSame) {
    RecordBuilder builder = on_spot();
    announce(builder, "db2", "terminate", "2026-11-23T03:10:40Z", 20s);
    RecordBuilder again = on_spot();
    announce(again, "db2", "terminate", "2026-11-23T03:10:40Z", 20s);
    Record const lossless = builder.build();
    for (auto const& attempt : lossless.attempts)
        if (attempt.outcome == record::Outcome::ok && !attempt.token.empty()) {
            again.lose = {attempt.token};
            break;
        }
    Judgement const judgement = judge_record(again.build());
    EXPECT_EQ(judgement.verdict, Verdict::fail);
    EXPECT_EQ(downtime_of(judgement).verdict, Verdict::inconclusive);
}

TEST(Reclaims, OurOwnFaultExplainsItself) {
    RecordBuilder builder = on_spot();
    // db1 is the one that the drill kills at 12 s; it is never seen again.
    falls_silent(builder, "db1", 15s);
    Record const ours = builder.build();
    EXPECT_TRUE(reclaims_of(ours).empty());
    EXPECT_EQ(judge_record(ours).verdict, Verdict::fail) << "too slow, and judged";
    // A command of the drill had AWS interrupt db3.
    RecordBuilder ordered = on_spot();
    ordered.fault("command", "db3", 20s, 25s);
    announce(ordered, "db3", "terminate", "2026-11-23T03:12:40Z", 24s);
    EXPECT_TRUE(reclaims_of(ordered.build()).empty());
    // What comes before the command is not its doing.
    RecordBuilder before = on_spot();
    before.fault("command", "db3", 20s, 25s);
    announce(before, "db3", "terminate", "2026-11-23T03:12:40Z", 18s);
    EXPECT_EQ(reclaims_of(before.build()).size(), 1U);
}

TEST(Reclaims, SilenceAndANewBootWithoutUsAreTold) {
    RecordBuilder silent = on_spot();
    falls_silent(silent, "db3", 45s);
    Record const record = silent.build();
    auto const reclaims = reclaims_of(record);
    ASSERT_EQ(reclaims.size(), 1U);
    EXPECT_FALSE(reclaims[0].notice);
    EXPECT_FALSE(reclaims[0].terminated) << "nobody said so";
    EXPECT_NE(show_reclaim(record, reclaims[0]).find("is not known"), std::string::npos);
    EXPECT_EQ(judge_record(record).verdict, Verdict::inconclusive);
    RecordBuilder booted = on_spot();
    booted.record.nodes_seen.push_back(
        {.node = "db3", .reachable = true, .boot_id = "two", .at = 50s});
    auto const anew = reclaims_of(booted.build());
    ASSERT_EQ(anew.size(), 1U);
    EXPECT_TRUE(anew[0].rebooted);
    RecordBuilder blinked = on_spot();
    blinked.record.nodes_seen.push_back({.node = "db3", .reachable = false, .at = 45s});
    blinked.record.nodes_seen.push_back(
        {.node = "db3", .reachable = true, .boot_id = "one", .at = 55s});
    EXPECT_TRUE(reclaims_of(blinked.build()).empty()) << "the same boot: a slow answer";
}

TEST(Reclaims, AreNoneWhereNobodyWatchesForThemOrItIsOnlyAdvice) {
    RecordBuilder unwatched = on_spot();
    unwatched.record.facts.clear();
    falls_silent(unwatched, "db3", 45s);
    EXPECT_TRUE(reclaims_of(unwatched.build()).empty());
    RecordBuilder advised = on_spot();
    announce(advised, "db2", "rebalance", "2026-11-23T03:10:40Z", 20s);
    EXPECT_TRUE(reclaims_of(advised.build()).empty());
}

TEST(Reclaims, AFaultOnANodeThatIsOnlySilentStaysNotUndone) {
    RecordBuilder builder = on_spot();
    falls_silent(builder, "db3", 45s);
    builder.fault("network.delay", "db3", 46s, 50s);
    Record record = builder.build();
    for (record::FaultEvent& event : record.faults)
        if (event.targets.front() == "db3" && event.stage == record::FaultStage::undone)
            event.stage = record::FaultStage::undo_failed;
    Judgement const judgement = judge_record(record);
    EXPECT_TRUE(judgement.not_undone);
    auto const left = faults_left(record);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_NE(left[0].find("if db3 is terminated"), std::string::npos) << left[0];
}

}  // namespace
}  // namespace interregnum
