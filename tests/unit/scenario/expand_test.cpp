// SPDX-License-Identifier: MIT
// Steps that stand for others: read without a cluster, made when its nodes and the seed are known.
#include "harness/scenario/expand.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/scenario/fakes.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

std::vector<InventoryNode> nodes(int db, int app) {
    std::vector<InventoryNode> made;
    for (int number = 1; number <= db; ++number)
        made.push_back({.name = fmt::format("db{}", number), .address = "", .group = "db"});
    for (int number = 1; number <= app; ++number)
        made.push_back({.name = fmt::format("app{}", number), .address = "", .group = "app"});
    return made;
}

std::vector<std::string> texts(std::vector<Step> const& steps) {
    std::vector<std::string> all;
    all.reserve(steps.size());
    for (Step const& step : steps) all.push_back(step.text);
    return all;
}

/// The steps that this one stands for.
std::vector<Step> made_of(std::string const& step, std::vector<InventoryNode> const& on,
                          std::uint64_t seed = 7) {
    auto const [scenario, mistakes] = read(with_step(step));
    EXPECT_EQ(mistakes, "");
    auto const made = expanded(scenario, on, seed);
    EXPECT_TRUE(made) << made.error().message;
    return made ? made->steps : std::vector<Step>();
}

TEST(ForEach, GivesItsStepsOnceANodeInTheInventorysOrder) {
    std::string const step = R"({ "for_each": "db", "steps": [
        { "fault": "test.crash", "target": "each", "for": "5s" }, { "await": "redundant" } ] })";
    EXPECT_EQ(
        texts(made_of(step, nodes(2, 1))),
        (std::vector<std::string>{"test.crash target=db1 for=5s", "await redundant within 5m",
                                  "test.crash target=db2 for=5s", "await redundant within 5m"}));
    auto const all = made_of(R"({ "for_each": "node", "steps": [
        { "fault": "test.crash", "target": ["each", "leader"] } ] })",
                             nodes(1, 2));
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].text, "test.crash target=app2,leader");
    EXPECT_EQ(std::get<FaultStep>(all[2].what).options.roles("target"),
              (std::vector<std::string>{"app2", "leader"}));
    auto const no_app =
        expanded(read(with_step(R"({ "for_each": "app", "steps": [ { "fault": "test.crash",
            "target": "each" } ] })"))
                     .scenario,
                 nodes(3, 0), 7);
    ASSERT_FALSE(no_app);
    EXPECT_EQ(no_app.error().message, "steps[0]: for each app: the inventory has no app node");
}

/// A step that is wrong, and what has to be said of it.
struct Wrong {
    char const* step;
    char const* said;
};
class WrongTemplate : public testing::TestWithParam<Wrong> {};

TEST_P(WrongTemplate, IsSaidWithItsPlace) {
    std::vector<std::string> const known{"db1", "app1"};
    for (std::vector<std::string> const* names : {&known, decltype(&known)(nullptr)}) {
        auto const got = read(with_step(GetParam().step), {}, {}, names);
        EXPECT_NE(got.mistakes.find(GetParam().said), std::string::npos) << got.mistakes;
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongTemplate,
    testing::Values(
        Wrong{R"({ "for_each": "nodes", "steps": [ { "heal": "all" } ] })",
              "(did you mean \"node\"?)"},
        Wrong{R"({ "for_each": "db" })", "steps[0]: missing key \"steps\""},
        Wrong{R"({ "for_each": "db", "steps": [] })", "got an empty list"},
        Wrong{R"({ "for_each": "db", "steps": [ { "heal": "all" } ] })",
              "no target in here is \"each\""},
        Wrong{R"({ "for_each": "db", "steps": [ { "for_each": "app", "steps": [] } ] })",
              "steps[0].steps[0].for_each: there can be no such step in here"},
        Wrong{R"({ "for_each": "db", "steps": [ { "fault": "test.crash", "target": "each",
                  "fro": "1s" } ] })",
              "steps[0].steps[0].fro: unknown key (did you mean \"for\"?)"},
        Wrong{R"({ "for_each": "db", "steps": [ { "fault": "test.crash", "target": "each",
                  "for": "16m" } ] })",
              "step 1 holds its fault for 16m"},
        Wrong{R"({ "fault": "test.crash", "target": "each" })", "this step is in none"},
        Wrong{R"({ "fault": "test.crash", "target": "any" })", "for the faults of \"chaos\""},
        Wrong{R"({ "fault": "test.crash", "target": "leader", "with_next": true })",
              "steps[0].with_next: the next step has to be a fault"},
        Wrong{R"({ "chaos": { "faults": [ { "fault": "test.crash", "target": "any" } ] } })",
              "steps[0].chaos: missing key \"for\""},
        Wrong{R"({ "chaos": { "for": "5m" } })", "missing key \"faults\""},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [] } })", "expected a list of faults"},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ {} ] } })", "missing key \"fault\""},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ { "fault": "test.crsh" } ] } })",
              "did you mean \"test.crash\"?"},
        Wrong{R"({ "chaos": { "for": "90s", "faults": [ { "fault": "test.crash",
                  "target": "any", "for": "10s..40s" } ] } })",
              "1m30s is too short: a round of it takes up to 1m40s"},
        Wrong{R"({ "chaos": { "for": "13h", "faults": [ { "fault": "test.crash",
                  "target": "any" } ] } })",
              "expected at most 12h"},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ { "fault": "test.crash",
                  "target": "any", "for": "40s..10s" } ] } })",
              "got \"40s..10s\""},
        Wrong{R"({ "chaos": { "for": "60m", "faults": [ { "fault": "test.crash",
                  "target": "any", "for": "1s..16m" } ] } })",
              "step 1 holds its fault for 16m"},
        Wrong{R"({ "chaos": { "for": "5m", "pause": "x..y", "faults": [ { "fault": "test.crash",
                  "target": "any" } ] } })",
              "or two such as \"10s..40s\", got \"x..y\""},
        Wrong{R"({ "chaos": { "for": "5m", "at_once": 3, "faults": [ { "fault": "test.crash",
                  "target": "any" } ] } })",
              "a whole number from 1 to 2"},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ { "fault": "test.crash",
                  "target": ["any"] } ] } })",
              "for the faults of \"chaos\""},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ { "fault": "test.crash", "target": "any",
                  "with_next": true } ] } })",
              "is said by \"at_once\""},
        Wrong{R"({ "chaos": { "for": "5m", "faults": [ { "fault": "test.crash", "target": "any",
                  "weight": 0 } ] } })",
              "weight: expected a whole number from 1 to 100"}));

std::string const chaos = R"({ "chaos": { "for": "30m", "pause": "20s..40s", "at_once": 2,
    "await": "stable", "within": "3m", "faults": [
      { "fault": "test.crash", "target": "any", "for": "10s..40s", "weight": 3 },
      { "fault": "test.crash", "target": "any:all_db", "count": 2, "for": "5s" },
      { "fault": "test.crash", "target": "leader", "for": "1s", "count": 3 } ] } })";

TEST(Chaos, TheSameSeedOnTheSameNodesGivesTheSameSchedule) {
    auto const once = texts(made_of(chaos, nodes(3, 2)));
    EXPECT_EQ(once, texts(made_of(chaos, nodes(3, 2))));
    EXPECT_NE(once, texts(made_of(chaos, nodes(3, 2), 8)));
    EXPECT_NE(once, texts(made_of(chaos, nodes(4, 2))));
    // As it is known to be: whoever repeats a run a year later must get it again.
    ASSERT_GE(once.size(), 3U);
    EXPECT_EQ(std::vector(once.begin(), once.begin() + 3),
              (std::vector<std::string>{"test.crash target=db3 for=5s count=2 with_next",
                                        "test.crash target=app2 for=12s random_wait=0s",
                                        "await stable within 3m"}));
}

TEST(Chaos, ARoundIsAFaultOrTwoThenTheWaitThenThePause) {
    std::size_t pairs = 0;
    std::size_t of_leader = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const steps = made_of(chaos, nodes(3, 2), seed);
        Duration planned{};
        for (std::size_t at = 0; at < steps.size();) {
            auto const& first = std::get<FaultStep>(steps.at(at).what);
            Duration held = first.options.duration("for");
            EXPECT_TRUE(held >= 1s && held <= 40s) << steps[at].text;
            ++at;
            if (first.with_next) {
                ++pairs;
                auto const& second = std::get<FaultStep>(steps.at(at).what);
                EXPECT_EQ(second.random_wait, 0s);
                EXPECT_FALSE(second.with_next);
                // One of three database nodes may go, and one of two application nodes.
                EXPECT_NE(first.options.roles("target")[0].substr(0, 2),
                          second.options.roles("target")[0].substr(0, 2));
                held = std::max(held, second.options.duration("for"));
                ++at;
            }
            of_leader += first.options.roles("target")[0] == "leader" ? 1U : 0U;
            EXPECT_EQ(steps.at(at++).text, "await stable within 3m");
            auto const pause = std::get<SteadyStep>(steps.at(at++).what).span;
            EXPECT_TRUE(pause >= 20s && pause <= 40s);
            planned += held + pause + 30s;
        }
        EXPECT_LE(planned, 30min);
        EXPECT_GT(planned, 27min);
    }
    EXPECT_GT(pairs, 50U);
    EXPECT_GT(of_leader, 20U);
}

TEST(Chaos, TwoOfFiveDatabaseNodesButNeverTheLastApplicationNode) {
    bool two_db = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        auto const steps = made_of(chaos, nodes(5, 1), seed);
        for (std::size_t at = 0; at + 1 < steps.size(); ++at) {
            auto const* first = std::get_if<FaultStep>(&steps[at].what);
            if (first == nullptr || !first->with_next) continue;
            auto const& one = first->options.roles("target")[0];
            auto const& other = std::get<FaultStep>(steps[at + 1].what).options.roles("target")[0];
            EXPECT_NE(one, other);
            two_db = two_db || (one.starts_with("db") && other.starts_with("db"));
        }
    }
    EXPECT_TRUE(two_db);
    std::string const lone = R"({ "chaos": { "for": "10m", "at_once": 2, "faults": [
        { "fault": "test.crash", "target": "any" } ] } })";
    for (Step const& step : made_of(lone, nodes(1, 0))) {
        auto const* const fault = std::get_if<FaultStep>(&step.what);
        EXPECT_TRUE(fault == nullptr || !fault->with_next);
    }
}

}  // namespace
}  // namespace interregnum::test
