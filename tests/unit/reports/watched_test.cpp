// SPDX-License-Identifier: MIT
// Runs without a fault of ours (`watch`): what happened to the cluster, somebody else did.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/certificate.h"
#include "reports/judge.h"
#include "reports/measures/reclaims.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using test::RecordBuilder;

/// The outage of the design's sample, as whoever switches over by hand sees it.
RecordBuilder watched() {
    RecordBuilder builder = test::killed_leader();
    builder.record.faults.clear();
    builder.record.steps.clear();
    builder.record.run.expectations.clear();
    builder.expect("lost", "==", 0, "lost == 0", true);
    builder.record.run.watched = true;
    return builder;
}

/// db2 takes writes in the end as before, and something on it is not as before.
RecordBuilder with_changed(std::string const& fact) {
    RecordBuilder builder = watched();
    for (record::NodeState& state : builder.record.node_states)
        if (state.node == "db2") state.facts[fact] = state.when;
    return builder;
}

std::vector<Finding> of_check(Judgement const& judgement, std::string_view check) {
    std::vector<Finding> found;
    std::ranges::copy_if(judgement.findings, std::back_inserter(found),
                         [check](Finding const& finding) { return finding.check == check; });
    return found;
}

std::string json_of(record::Record const& record, Judgement const& judgement) {
    return Registry<FormatKind>::find("json")->render(record, judgement);
}

TEST(Watched, AnOutageIsNoFailureUnlessSomethingWasExpected) {
    auto const record = watched().build();
    Judgement const judgement = judge_record(record);
    EXPECT_EQ(judgement.verdict, Verdict::pass) << judgement.because;
    EXPECT_TRUE(judgement.because.starts_with("customers could not buy for 31.9"))
        << judgement.because;
    EXPECT_TRUE(nlohmann::json::parse(json_of(record, judgement))["run"]["watched"].get<bool>());

    RecordBuilder expected = watched();
    expected.expect("write.downtime", "<=", 5'000'000'000, "write.downtime <= 5s");
    EXPECT_EQ(judge_record(expected.build()).verdict, Verdict::fail);
}

TEST(Watched, WhatWasLostFailsIt) {
    RecordBuilder builder = watched();
    builder.lose = {"orders-1-9"};
    EXPECT_EQ(judge_record(builder.build()).verdict, Verdict::fail);
}

TEST(Watched, WhatChangedOnANodeIsToldAndNoError) {
    auto const record = with_changed("setting.work_mem").build();
    Judgement const judgement = judge_record(record);
    EXPECT_EQ(judgement.verdict, Verdict::pass) << judgement.because;
    EXPECT_FALSE(judgement.not_undone);
    auto const findings = of_check(judgement, "not_clean");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].sentence, "db2 was changed while it was watched");
    EXPECT_EQ(findings[0].proof,
              (std::vector<std::string>{R"(setting.work_mem: was "before", is "after")"}));
    EXPECT_NE(json_of(record, judgement).find("changed_meanwhile"), std::string::npos);
    std::string const shown = Registry<FormatKind>::find("terminal")->render(record, judgement);
    EXPECT_NE(shown.find("changed meanwhile: db2"), std::string::npos) << shown;

    // Of a drill it is an error, as ever.
    RecordBuilder drill = with_changed("setting.work_mem");
    drill.record.run.watched = false;
    EXPECT_TRUE(judge_record(drill.build()).not_undone);
}

TEST(Watched, WhatIsOursMustNotBeLeft) {
    Judgement const judgement = judge_record(with_changed("ours.files").build());
    EXPECT_EQ(judgement.verdict, Verdict::error);
    EXPECT_TRUE(judgement.not_undone);
}

TEST(Watched, ANodeThatIsOffInTheEndIsNoDoubt) {
    RecordBuilder builder = watched();
    for (record::NodeState& state : builder.record.node_states)
        if (state.node == "db3" && state.when == "after") state.complete = false;
    Judgement const judgement = judge_record(builder.build());
    EXPECT_EQ(judgement.verdict, Verdict::pass) << judgement.because;
    EXPECT_EQ(of_check(judgement, "not_clean").size(), 1U);
}

TEST(Watched, APathThatNeverWorkedIsTold) {
    RecordBuilder builder = watched();
    int const dead = builder.stream("reads", record::Service::read, "app3:5001",
                                    record::Connection::fresh, 100ms, 1s);
    builder.down(dead, 0s, 90s);
    Judgement const judgement = judge_record(builder.build());
    EXPECT_EQ(judgement.verdict, Verdict::pass) << judgement.because;
    auto const findings = of_check(judgement, "vacuous");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].sentence,
              "reads through app3:5001 (fresh connections) never worked while it was watched");
}

TEST(Watched, ANodeThatBootsIsNoReclaim) {
    RecordBuilder builder = watched();
    builder.record.facts.push_back(
        {.name = std::string(record::spot_watched_fact), .value = "db1 db2 db3"});
    for (std::string const boot : {"one", "two"})
        builder.record.nodes_seen.push_back(
            {.node = "db3", .reachable = true, .boot_id = boot, .at = boot == "one" ? 1s : 30s});
    auto record = builder.build();
    EXPECT_TRUE(reclaims_of(record).empty());
    record.run.watched = false;
    EXPECT_EQ(reclaims_of(record).size(), 1U);
}

}  // namespace
}  // namespace interregnum
