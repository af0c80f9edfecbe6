// SPDX-License-Identifier: MIT
// Files that ship with the program, against the registries of the whole program.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/base/text_file.h"
#include "harness/cluster/inventory.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/suite.h"

namespace interregnum {
namespace {

/// Compares a checked-in schema with the one that the tables give now. With INTERREGNUM_UPDATE
/// in the environment the file is written instead.
void expect_in_step(std::string const& what, std::string const& generated) {
    std::string const file = SOURCE_DIR "/scenarios/schema/" + what + ".json";
    if (std::getenv("INTERREGNUM_UPDATE") != nullptr) std::ofstream(file) << generated;
    auto const kept = read_text_file(file, 1U << 20U);
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_TRUE(*kept == generated)
        << file << " is not what the tables say now. Write it anew: interregnum scenario schema "
        << what << " > scenarios/schema/" << what << ".json";
}

TEST(SchemaFiles, ScenarioIsWhatTheRegistriesSay) { expect_in_step("scenario", scenario_schema()); }

TEST(SchemaFiles, SuiteIsWhatTheRegistriesSay) { expect_in_step("suite", suite_schema()); }

TEST(SchemaFiles, InventoryIsWhatTheTablesSay) { expect_in_step("inventory", inventory_schema()); }

TEST(ShippedScenarios, AreAllReadWithoutAMistake) {
    std::vector<std::string> const names = shipped_scenarios();
    ASSERT_GE(names.size(), 3U);
    auto const library = read_text_file(SOURCE_DIR "/scenarios/library.md", 1U << 20U);
    ASSERT_TRUE(library) << library.error().message;
    for (std::string const& name : names) {
        auto const file = find_scenario(name);
        ASSERT_TRUE(file) << file.error().message;
        Mistakes mistakes;
        auto const scenario = load_scenario(*file, {}, {}, mistakes);
        ASSERT_TRUE(scenario) << scenario.error().message;
        EXPECT_EQ(mistakes.text(), "");
        EXPECT_EQ(scenario->name, name);
        EXPECT_FALSE(scenario->workload.empty());
        EXPECT_NE(scenario->why, "") << name;
        EXPECT_NE(library->find("| `" + name + "` |"), std::string::npos)
            << name << " is not in scenarios/library.md";
    }
}

TEST(ShippedSuites, AreAllReadWithoutAMistake) {
    EXPECT_EQ(shipped_suites(),
              (std::vector<std::string>{"library", "nightly", "pre-migration", "smoke"}));
    for (std::string const& name : shipped_suites()) {
        Mistakes mistakes;
        auto const suite = load_suite(find_suite(name).value(), mistakes);
        ASSERT_TRUE(suite) << suite.error().message;
        EXPECT_EQ(mistakes.text(), "");
        EXPECT_FALSE(suite->drills.empty());
    }
}

TEST(ShippedSuites, TheLibraryHasEveryScenarioOnce) {
    Mistakes mistakes;
    auto const suite = load_suite(find_suite("library").value(), mistakes);
    ASSERT_TRUE(suite) << suite.error().message;
    std::vector<std::string> played;
    for (SuiteDrill const& drill : suite->drills) {
        EXPECT_EQ(drill.repeats, 1) << drill.scenario.name;
        played.push_back(drill.scenario.name);
    }
    std::ranges::sort(played);
    EXPECT_EQ(played, shipped_scenarios());
}

TEST(ShippedScenarios, NothingMayBeLostInAnyOfThem) {
    Mistakes mistakes;
    auto const scenario = load_scenario(find_scenario("kill-leader").value(), {}, {}, mistakes);
    ASSERT_TRUE(scenario);
    std::vector<std::string> zero;
    for (record::Expectation const& one : scenario->expectations)
        if (one.by_default) zero.push_back(one.text);
    EXPECT_EQ(zero, (std::vector<std::string>{"lost == 0", "duplicated == 0", "oversold == 0",
                                              "ghost == 0", "split_brain == 0"}));
}

TEST(FindScenario, ByNameByPathAndWithTheNearestName) {
    EXPECT_EQ(find_scenario("kill-leader").value(), SOURCE_DIR "/scenarios/kill-leader.json");
    std::string const path = SOURCE_DIR "/scenarios/crash-postgres.json";
    EXPECT_EQ(find_scenario(path).value(), path);
    auto const misspelt = find_scenario("kil-leader");
    ASSERT_FALSE(misspelt);
    EXPECT_EQ(misspelt.error().kind, Error::Kind::not_found);
    EXPECT_EQ(misspelt.error().message,
              "\"kil-leader\" is neither a file nor a scenario that ships (did you mean "
              "\"kill-leader\"?)");
    for (char const* bad : {"", "..", "/", "../scenarios/kill-leader", "schema"})
        EXPECT_FALSE(find_scenario(bad)) << bad;
}

}  // namespace
}  // namespace interregnum
