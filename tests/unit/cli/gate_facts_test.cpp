// SPDX-License-Identifier: MIT
#include "harness/cli/gate_facts.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/cli/inconclusive_cap.h"
#include "harness/results.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

TEST(ManualItems, AreTickedWithNameAndTime) {
    std::vector<ManualItem> items{{.id = "restore-tested", .text = "Restored"}};
    ASSERT_TRUE(tick({"restore-tested=Ada Lovelace"}, "2026-11-22T03:10:44.123Z", items));
    EXPECT_EQ(items[0].by, "Ada Lovelace");
    EXPECT_EQ(items[0].at, "2026-11-22T03:10:44.123Z");
}

TEST(ManualItems, AreNotTickedByNobodyNorUnderAnotherName) {
    std::vector<ManualItem> items{{.id = "restore-tested", .text = "Restored"}};
    for (std::string const wrong : {"restore-tested", "restore-tested=", "restore=Ada",
                                    "restore-tested=Ada\nEve", "=Ada", ""}) {
        EXPECT_FALSE(tick({wrong}, "now", items)) << wrong;
        EXPECT_EQ(items[0].by, "");
    }
    std::vector<ManualItem> none;
    EXPECT_FALSE(tick({"restore-tested=Ada"}, "now", none));
}

TEST(ManualItems, KeepTheirTicksWhenAGateIsGoneOnWithAndTakeNewOnes) {
    std::vector<ManualItem> items{{.id = "restore-tested", .text = "Restored"},
                                  {.id = "pager", .text = "The pager rang"},
                                  {.id = "way-back", .text = "There is a way back"}};
    keep_ticks({{.id = "restore-tested", .by = "Ada Lovelace", .at = "then"}}, items);
    ASSERT_TRUE(tick({"pager=Grace Hopper", "restore-tested=Ada Lovelace"}, "now", items));
    EXPECT_EQ(items[0].text, "Restored");
    EXPECT_EQ(items[0].by, "Ada Lovelace");
    EXPECT_EQ(items[0].at, "then") << "saying it again changes nothing";
    EXPECT_EQ(items[1].by, "Grace Hopper");
    EXPECT_EQ(items[1].at, "now");
    Status const other = tick({"restore-tested=Eve"}, "now", items);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().message.find("Ada Lovelace"), std::string::npos)
        << other.error().message;
    EXPECT_EQ(items[0].by, "Ada Lovelace");
    std::vector<ManualItem> const ticked = ticked_of(items);
    ASSERT_EQ(ticked.size(), 2U) << "nobody ticked way-back";
    EXPECT_EQ(ticked[1].id, "pager");
}

TEST(LeftOut, IsWhatShipsAndIsNotInTheSuite) {
    Suite suite;
    for (std::string const& name : shipped_scenarios())
        if (name != "lag-replica") suite.drills.push_back({.scenario = {.name = name}});
    EXPECT_EQ(left_out(suite),
              (std::vector<std::string>{"lag-replica: A replica lags half a minute behind"}));
}

TEST(PreflightOfAGate, ForbidsFromTheSuitesSeverityOn) {
    Preflight found;
    NodePreflight away;
    away.node.name = "db1";
    away.unreachable = "no answer";
    found.nodes.push_back(std::move(away));
    ItemResult result;
    result.note("noted", "little", "nothing");
    result.warn("warned", "some", "something");
    result.unknown("db2 said nothing");
    found.fitness.items.push_back({.name = "some.item", .result = result});
    for (auto const& [asked, forbids] :
         {std::pair(Suite::Preflight::stop, false), std::pair(Suite::Preflight::warn, true)}) {
        GateFacts facts;
        add_preflight(found, asked, facts);
        EXPECT_EQ(facts.cannot_drill, (std::vector<std::string>{"db1: no answer"}));
        EXPECT_EQ(facts.not_known, (std::vector<std::string>{"some.item: db2 said nothing"}));
        ASSERT_EQ(facts.findings.size(), 2U);
        EXPECT_EQ(facts.findings[0].found, "warned");
        EXPECT_EQ(facts.findings[0].forbids, forbids);
        EXPECT_FALSE(facts.findings[1].forbids);
    }
}

/// A night of a drill: what its plays came to.
void add_night(std::vector<RunSummary>& runs, int day, std::vector<Verdict> const& verdicts) {
    for (Verdict const verdict : verdicts)
        runs.push_back({.started = fmt::format("2026-11-{:02}T03:10:44.123Z", day),
                        .scenario = "kill-leader",
                        .cluster = "nightly",
                        .verdict = verdict});
}

TEST(InconclusiveCap, CountsNightsInARowThatProvedTooLittle) {
    using enum Verdict;
    std::vector<RunSummary> runs;
    EXPECT_EQ(inconclusive_nights(runs, runs, "nightly", 2), 0);
    add_night(runs, 19, {inconclusive});
    add_night(runs, 20, {pass, fail});
    add_night(runs, 21, {inconclusive, inconclusive});
    add_night(runs, 22, {pass, inconclusive, inconclusive});
    EXPECT_EQ(inconclusive_nights(runs, runs, "nightly", 2), 2);
    EXPECT_EQ(inconclusive_nights(runs, runs, "nightly", 1), 0)
        << "one that proves something is enough";
    EXPECT_EQ(inconclusive_nights(runs, runs, "other", 2), 0);
    add_night(runs, 23, {error});
    EXPECT_EQ(inconclusive_nights(runs, runs, "nightly", 2), 0) << "what broke is another matter";
}

TEST(InconclusiveCap, TakesAGateAcrossMidnightForOneNight) {
    std::vector<RunSummary> runs;
    for (char const* started : {"2026-11-21T23:40:00.000Z", "2026-11-22T00:40:00.000Z",
                                "2026-11-22T23:40:00.000Z", "2026-11-23T00:40:00.000Z"})
        runs.push_back({.started = started,
                        .scenario = "kill-leader",
                        .cluster = "nightly",
                        .verdict = Verdict::inconclusive});
    EXPECT_EQ(inconclusive_nights(runs, runs, "nightly", 2), 2)
        << "not three: the cap is by nights";
}

/// A gate that went through the suite twice, and so played each drill twice, 6 h 40 min apart.
std::vector<RunSummary> gate_of_two_rounds(int day) {
    std::vector<RunSummary> runs;
    for (int const minute : {0, 130, 270, 400})
        runs.push_back({.id = fmt::format("{}-{}", day, minute),
                        .started = fmt::format("2026-11-{:02}T{:02}:{:02}:00.000Z", day,
                                               1 + minute / 60, minute % 60),
                        .scenario = minute % 400 == 0 ? "kill-leader" : "lag-replica",
                        .cluster = "nightly",
                        .verdict = minute % 400 == 0 ? Verdict::inconclusive : Verdict::pass});
    return runs;
}

TEST(InconclusiveCap, TakesADrillsPlaysFarApartForOneNightWhenOthersWerePlayedBetween) {
    auto const all = gate_of_two_rounds(21);
    std::vector<RunSummary> const own{all.front(), all.back()};
    EXPECT_EQ(inconclusive_nights(own, all, "nightly", 2), 1);
    EXPECT_EQ(inconclusive_nights(own, {}, "nightly", 2), 2) << "nobody played between them";
    auto elsewhere = all;
    for (RunSummary& run : elsewhere) run.cluster = "other";
    EXPECT_EQ(inconclusive_nights(own, elsewhere, "nightly", 2), 2) << "not on this cluster";
}

TEST(InconclusiveCap, CountsTheNightsThatAllRunsInTheResultsTell) {
    test::TempFolder const folder;
    std::string const file = folder / "nights.db";
    GateDrill drill{.scenario = "kill-leader", .repeats = 2};
    drill.runs.push_back({.summary = {.verdict = Verdict::inconclusive}});
    for (int day = 21; day <= 22; ++day) {
        auto const store = Registry<ResultsKind>::find("sqlite")->open(file);
        ASSERT_TRUE(store);
        for (RunSummary const& run : gate_of_two_rounds(day)) ASSERT_TRUE((*store)->add(run));
        GateFacts facts{.cluster = "nightly", .drills = {drill}};
        cap_inconclusive_nights(file, 2, facts);
        EXPECT_TRUE(facts.troubles.empty());
        EXPECT_EQ(facts.drills[0].inconclusive_nights, day == 21 ? 0 : 2);
    }
}

TEST(InconclusiveCap, NotesDrillsFromTheNumberOnAndSaysWhatItCannotRead) {
    GateDrill drill{.scenario = "kill-leader", .repeats = 1};
    drill.runs.push_back({.summary = {.verdict = Verdict::inconclusive}});
    GateFacts facts{.cluster = "nightly", .drills = {drill}};
    cap_inconclusive_nights("", 3, facts);
    cap_inconclusive_nights("/nowhere/nights.db", 0, facts);
    EXPECT_TRUE(facts.troubles.empty());
    cap_inconclusive_nights("/nowhere/nights.db", 3, facts);
    ASSERT_EQ(facts.troubles.size(), 1U);
    EXPECT_NE(facts.troubles[0].find("/nowhere/nights.db"), std::string::npos);
    facts.troubles.clear();
    facts.drills[0].runs[0].summary.verdict = Verdict::pass;
    cap_inconclusive_nights("/nowhere/nights.db", 3, facts);
    EXPECT_TRUE(facts.troubles.empty()) << "nothing to ask for";
}

TEST(InconclusiveCap, IsNoMatterOfANightThatWasNotOver) {
    GateDrill drill{.scenario = "kill-leader", .repeats = 2};
    drill.runs.push_back({.summary = {.verdict = Verdict::inconclusive}});
    GateFacts facts{.cluster = "nightly", .drills = {drill}};
    facts.drills[0].no_time = true;
    cap_inconclusive_nights("/nowhere/nights.db", 3, facts);
    EXPECT_TRUE(facts.troubles.empty()) << "the missing plays might have proved it";
    facts.drills[0].no_time = false;
    facts.interrupted = true;
    cap_inconclusive_nights("/nowhere/nights.db", 3, facts);
    EXPECT_TRUE(facts.troubles.empty()) << "somebody stopped it";
    facts.interrupted = false;
    cap_inconclusive_nights("/nowhere/nights.db", 3, facts);
    EXPECT_EQ(facts.troubles.size(), 1U) << "else it is asked";
}

}  // namespace
}  // namespace interregnum
