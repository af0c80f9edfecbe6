// SPDX-License-Identifier: MIT
#include "harness/cli/gate_facts.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace interregnum
