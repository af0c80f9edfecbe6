// SPDX-License-Identifier: MIT
#include "harness/cli/gate_facts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/cli/inconclusive_cap.h"

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
    EXPECT_EQ(inconclusive_nights(runs, "nightly", 2), 0);
    add_night(runs, 19, {inconclusive});
    add_night(runs, 20, {pass, fail});
    add_night(runs, 21, {inconclusive, inconclusive});
    add_night(runs, 22, {pass, inconclusive, inconclusive});
    EXPECT_EQ(inconclusive_nights(runs, "nightly", 2), 2);
    EXPECT_EQ(inconclusive_nights(runs, "nightly", 1), 0) << "one that proves something is enough";
    EXPECT_EQ(inconclusive_nights(runs, "other", 2), 0);
    add_night(runs, 23, {error});
    EXPECT_EQ(inconclusive_nights(runs, "nightly", 2), 0) << "what broke is another matter";
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
