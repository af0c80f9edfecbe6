// SPDX-License-Identifier: MIT
// What a gate plays next, where, and what of it is left when somebody goes on with it.
#include "harness/cli/gate_plan.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/cli/gate_folder.h"
#include "harness/record/codec.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

GatePlan made_plan() {
    return {.version = "0.1.0",
            .host = "here",
            .began = "2026-11-22T03:10:44.123Z",
            .suite_file = "/suites/mine.json",
            .suite_text = "{ // \"quoted\"\n}",
            .scenarios = {{.scenario = "kill-leader", .path = "/k.json", .text = "{\t}\n"},
                          {.scenario = "switchover", .path = "/s.json", .text = ""}},
            .cluster = "lab",
            .inventory = "lab",
            .first_seed = 18'446'744'073'709'551'615ULL,
            .shard = {.index = 2, .count = 3},
            .results = "/nights.db",
            .migration = {.source = "postgresql://shop@old/shop",
                          .source_password = "env:OLD",
                          .target = "postgresql://shop@new/shop",
                          .target_password = "file:/new",
                          .statement_time = "2h"},
            .skip_preflight = true,
            .inconclusive_is_ok = true,
            .done = {{.id = "restore-tested", .by = "Ada", .at = "2026-11-22T03:10:44.123Z"}},
            .resumed = {"2026-11-22T04:10:44.123Z"}};
}

TEST(GatePlan, IsReadBackAsItWasWritten) {
    test::TempFolder const folder;
    GatePlan const plan = made_plan();
    ASSERT_TRUE(save_plan(plan, folder.path()));
    auto const read = load_plan(folder.path());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(plan_text(*read), plan_text(plan));
    EXPECT_EQ(read->first_seed, plan.first_seed);
    EXPECT_EQ(read->shard, plan.shard);
    EXPECT_EQ(read->scenarios, plan.scenarios);
    EXPECT_EQ(read->done.at(0).by, "Ada");
    EXPECT_EQ(read->migration.source, "postgresql://shop@old/shop");
    EXPECT_EQ(read->migration.statement_time, "2h");
    auto const nowhere = load_plan(folder / "nowhere");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().kind, Error::Kind::not_found);
}

TEST(GatePlan, OfAnybodyIsRefusedWithThePlaceOfTheMistake) {
    auto const said = [](std::string const& key, nlohmann::json const& value) {
        auto json = nlohmann::json::parse(plan_text(made_plan()));
        json[key] = value;
        auto const plan = parse_plan(json.dump());
        return plan ? std::string("read") : plan.error().message;
    };
    EXPECT_EQ(said("cluster", "other"), "read");
    for (auto const& [key, value] : std::initializer_list<std::pair<std::string, nlohmann::json>>{
             {"schema", 2},
             {"first_seed", -1},
             {"shard", 0},
             {"scenarios", {{"text", 3}}},
             {"done", {1}},
             {"skip_preflight", "no"},
             {"migration", {{"source", 1}}},
             {"suite_text", nullptr},
             {"unknown", 1}})
        EXPECT_NE(said(key, value).find(key), std::string::npos) << key << ": " << said(key, value);
    EXPECT_FALSE(parse_plan(""));
    EXPECT_FALSE(parse_plan("[]"));
    EXPECT_FALSE(parse_plan("{}"));
}

TEST(GatePlan, IsAnotherGateWhenAnythingItAsksForHasChanged) {
    GatePlan const plan = made_plan();
    EXPECT_TRUE(same_gate(plan, plan));
    auto const said = [&plan](auto const& change) {
        GatePlan now = plan;
        change(now);
        Status const same = same_gate(plan, now);
        return same ? std::string("the same") : same.error().message;
    };
    auto const has = [](std::string const& text, char const* part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    };
    has(said([](GatePlan& now) { now.suite_text += ' '; }), "the suite \"/suites/mine.json\"");
    has(said([](GatePlan& now) { now.scenarios[1].text = "{}"; }), "the scenario switchover");
    has(said([](GatePlan& now) { now.scenarios.pop_back(); }), "the scenario switchover");
    has(said([](GatePlan& now) { now.cluster = "prod"; }), "\"lab\", and this is \"prod\"");
    has(said([](GatePlan& now) { now.version = "0.2.0"; }), "interregnum 0.1.0, and this is 0.2.0");
}

/// A gate of two drills, three plays of each, as it stands in a folder.
class GateFolder : public testing::Test {
protected:
    GateFacts facts_{
        .cluster = "lab",
        .first_seed = 7,
        .drills = {{.scenario = "kill-leader", .repeats = 3}, {.scenario = "kill", .repeats = 3}}};
    test::TempFolder folder_;

    /// A run that left a summary, with another seed, end and verdict than the golden one.
    void add(std::string const& name, std::uint64_t seed, std::string const& ended,
             std::string const& verdict, std::string const& cluster = "lab",
             bool not_undone = false) {
        std::ifstream golden(std::string(TEST_DATA_DIR) + "/golden/kill-leader.summary.json");
        auto json = nlohmann::json::parse(golden);
        json["verdict"] = verdict;
        json["run"]["seed"] = seed;
        json["run"]["ended"] = ended;
        json["run"]["cluster"] = cluster;
        json["not_undone"] = not_undone;
        fs::create_directories(folder_ / name);
        std::ofstream(folder_ / name + "/summary.json") << json.dump();
    }
    void add_killed(std::string const& name) {
        fs::create_directories(folder_ / name);
        std::ofstream(folder_ / name + "/record.jsonl") << "{}\n";
    }
    /// One whose record can be read, up to where its controller was killed.
    void add_killed(std::string const& name, std::uint64_t seed,
                    std::vector<record::Event> const& events) {
        fs::create_directories(folder_ / name);
        std::ofstream file(folder_ / name + "/record.jsonl");
        file << record::to_line(record::RunStarted{
                    .run_id = name,
                    .version = "0.1.0",
                    .scenario = "kill-leader",
                    .cluster = "lab",
                    .seed = seed,
                    .nodes = {{"db1", "10.0.1.11", "db"}, {"db2", "10.0.2.11", "db"}}})
             << '\n';
        for (record::Event const& event : events) file << record::to_line(event) << '\n';
    }
};

TEST_F(GateFolder, TellsWhatIsDoneAndWhatWasCutOff) {
    add("2026-11-22T03-10-44-kill-leader", 7, "completed", "pass");
    add("2026-11-22T03-12-44-kill-leader", 8, "interrupted", "aborted");
    add_killed("2026-11-22T03-14-44-kill-leader");
    add("2026-11-22T03-16-44-kill-leader", 9, "completed", "inconclusive");
    add("2026-11-22T03-18-44-kill-leader", 9, "completed", "pass");
    add_killed("2026-11-22T03-20-44-kill-2");
    add_killed("not-of-a-gate");
    ASSERT_TRUE(add_plays_of(folder_.path(), facts_, 1));
    GateDrill const& drill = facts_.drills[0];
    ASSERT_EQ(drill.runs.size(), 2U);
    EXPECT_EQ(drill.runs[0].summary.seed, 7U);
    EXPECT_EQ(drill.runs[0].folder, "2026-11-22T03-10-44-kill-leader");
    EXPECT_EQ(drill.runs[1].summary.verdict, Verdict::inconclusive) << "nobody may choose";
    ASSERT_EQ(drill.cut_off.size(), 3U);
    EXPECT_EQ(drill.cut_off[0].why, "seed 8 was interrupted");
    EXPECT_EQ(drill.cut_off[1].why, "its controller was killed");
    EXPECT_EQ(drill.cut_off[2].why, "the seed 9 had a result already");
    EXPECT_EQ(next_seed(drill, 7), 8U) << "the interrupted one, then on from the last";
    ASSERT_EQ(facts_.drills[1].cut_off.size(), 1U);
    EXPECT_EQ(next_seed(facts_.drills[1], 7), 7U);
}

TEST_F(GateFolder, DoesNotForgetWhatAnInterruptedPlayHasLost) {
    add("2026-11-22T03-10-44-kill-leader", 7, "interrupted", "fail");
    ASSERT_TRUE(add_plays_of(folder_.path(), facts_, 1));
    ASSERT_EQ(facts_.drills[0].runs.size(), 1U);
    EXPECT_EQ(facts_.drills[0].runs[0].summary.verdict, Verdict::fail);
}

TEST_F(GateFolder, DoesNotForgetWhatAPlayHasLostWhoseControllerWasKilled) {
    auto const canary = [](char const* node, record::Offset previous, record::Offset at,
                           bool accepted) {
        return record::CanarySeen{.node = node,
                                  .accepted = accepted,
                                  .timeline = accepted ? 1 : 0,
                                  .error = accepted ? "" : "read_only",
                                  .previous = previous,
                                  .asked = at - 3ms,
                                  .at = at};
    };
    std::string const two_leaders = "2026-11-22T03-10-44-kill-leader";
    add_killed(two_leaders, 7,
               {canary("db1", -1ns, 100ms, true), canary("db2", -1ns, 100ms, false),
                canary("db2", 30'900ms, 31s, true), canary("db1", 35'900ms, 36s, false)});
    std::string const no_loss = "2026-11-22T03-12-44-kill-leader";
    add_killed(no_loss, 8, {canary("db1", -1ns, 100ms, true)});
    ASSERT_TRUE(add_plays_of(folder_.path(), facts_, 1));
    GateDrill const& drill = facts_.drills[0];
    ASSERT_EQ(drill.runs.size(), 1U);
    EXPECT_EQ(drill.runs[0].summary.verdict, Verdict::fail);
    EXPECT_EQ(drill.runs[0].summary.seed, 7U);
    EXPECT_TRUE(drill.runs[0].interrupted);
    EXPECT_FALSE(drill.runs[0].not_undone) << "who goes on undoes it";
    EXPECT_TRUE(fs::exists(folder_ / two_leaders + "/report.html")) << "the page links to it";
    ASSERT_EQ(drill.cut_off.size(), 1U);
    EXPECT_EQ(drill.cut_off[0].folder, no_loss);
    EXPECT_EQ(drill.cut_off[0].why, "its controller was killed");
    EXPECT_FALSE(fs::exists(folder_ / no_loss + "/summary.json"));
}

TEST_F(GateFolder, DoesNotForgetWhatAPlayCouldNotUndoWhoseControllerWasKilled) {
    add_killed("2026-11-22T03-10-44-kill-leader", 7,
               {record::Note{.effect = record::Note::Effect::not_undone,
                             .text = "network.partition on db1 was not undone",
                             .at = 40s}});
    ASSERT_TRUE(add_plays_of(folder_.path(), facts_, 1));
    EXPECT_TRUE(facts_.drills[0].cut_off.empty());
    ASSERT_EQ(facts_.drills[0].runs.size(), 1U);
    EXPECT_TRUE(facts_.drills[0].runs[0].not_undone);
}

TEST_F(GateFolder, DoesNotForgetWhatAnInterruptedPlayCouldNotUndo) {
    add("2026-11-22T03-10-44-kill-leader", 7, "interrupted", "aborted", "lab", true);
    ASSERT_TRUE(add_plays_of(folder_.path(), facts_, 1));
    EXPECT_TRUE(facts_.drills[0].cut_off.empty());
    ASSERT_EQ(facts_.drills[0].runs.size(), 1U);
    EXPECT_TRUE(facts_.drills[0].runs[0].not_undone);
    EXPECT_TRUE(facts_.drills[0].runs[0].interrupted);
}

TEST_F(GateFolder, RefusesPlaysThatThePlanDoesNotHave) {
    auto const said = [this] {
        Status const added = add_plays_of(folder_.path(), facts_, 1);
        fs::remove_all(folder_ / "2026-11-22T03-10-44-kill-leader");
        return added ? std::string("added") : added.error().message;
    };
    add("2026-11-22T03-10-44-kill-leader", 11, "completed", "pass");
    EXPECT_NE(said().find("the seed 11 is not planned"), std::string::npos);
    add("2026-11-22T03-10-44-kill-leader", 6, "completed", "pass");
    EXPECT_NE(said().find("the seed 6 is not planned"), std::string::npos);
    add("2026-11-22T03-10-44-kill-leader", 7, "completed", "pass", "prod");
    EXPECT_NE(said().find("its cluster is \"prod\""), std::string::npos);
    add("2026-11-22T03-10-44-kill-leader", 7, "completed", "pass");
    facts_.drills.erase(facts_.drills.begin());
    EXPECT_NE(said().find("no drill \"kill-leader\""), std::string::npos);
}

TEST_F(GateFolder, TellsHowItsGateEnded) {
    auto const end = [this](char const* text) {
        std::ofstream(folder_ / "gate.json") << text;
        return read_gate_end(folder_.path());
    };
    EXPECT_FALSE(read_gate_end(folder_.path())->has_value()) << "killed: there is no page";
    auto const go = end(R"({"decision": "go", "because": "GO"})");
    ASSERT_TRUE(go && *go);
    EXPECT_FALSE((*go)->unfinished);
    EXPECT_EQ(code_of(**go, false), ExitCode::pass);
    auto const stopped = end(R"({"decision": "undecided", "interrupted": true,
                                 "unfinished": true})");
    ASSERT_TRUE(stopped && *stopped);
    EXPECT_TRUE((*stopped)->unfinished);
    EXPECT_EQ(code_of(**stopped, true), ExitCode::interrupted);
    auto const worst = end(R"({"decision": "no_go", "not_undone": true})");
    ASSERT_TRUE(worst && *worst);
    EXPECT_EQ(code_of(**worst, false), ExitCode::not_undone);
    EXPECT_FALSE(end("{"));
    EXPECT_FALSE(end("[]"));
    EXPECT_TRUE(forget_gate_end(folder_.path()));
    EXPECT_FALSE(read_gate_end(folder_.path())->has_value()) << "it is gone on with";
    EXPECT_TRUE(forget_gate_end(folder_.path())) << "there was none";
}

TEST(NextPlay, IsTheFirstThatIsNotOverWhereTimeIsNoMatter) {
    std::vector<Candidate> drills{{.over = true}, {.played = 5, .expected = 9h}, {.value = 99}};
    EXPECT_EQ(next_play(drills, std::nullopt), 1U);
    drills[1].over = drills[2].over = true;
    EXPECT_EQ(next_play(drills, std::nullopt), std::nullopt);
}

TEST(NextPlay, OfABudgetGoesRoundByRoundAndByValue) {
    std::vector<Candidate> drills{{.value = 50, .expected = 2min},
                                  {.value = 90, .expected = 2min},
                                  {.value = 50, .expected = 1min}};
    std::vector<std::size_t> order;
    Duration left = 11min;
    while (auto const next = next_play(drills, left)) {
        order.push_back(*next);
        left -= drills[*next].expected;
        ++drills[*next].played;
        // The first drill proves nothing, and does not keep the others from their turn.
        if (*next != 0) ++drills[*next].proved;
    }
    EXPECT_EQ(order, (std::vector<std::size_t>{1, 0, 2, 0, 1, 2, 2}))
        << "what fits is played where what comes first does not";
    EXPECT_EQ(left, 0min);
}

TEST(ExpectedPlay, IsTheLongestThatWasSeenElseAnEstimate) {
    Scenario scenario;
    AwaitStep const soon{.condition = Condition::redundant, .within = 30s};
    AwaitStep const late{.condition = Condition::redundant, .within = 5min};
    scenario.steps = {{.what = SteadyStep{.span = 7s}}, {.what = soon}, {.what = late}};
    Duration const estimate = expected_play(scenario);
    EXPECT_EQ(estimate, 20s + 10s + 10s + 7s + 30s + 60s);
    GateDrill drill;
    EXPECT_EQ(expected_play(drill, estimate), estimate);
    drill.runs = {{.took = 40s}, {.summary = {.length = 50s}}, {.took = 30s}};
    EXPECT_EQ(expected_play(drill, estimate), 70s) << "a record knows nothing of what is around it";
}

TEST(Shards, AreReadFromTheFlagAndFromWhatACiSays) {
    std::map<std::string, std::string> said;
    auto const environment = [&said](std::string const& name) {
        auto const found = said.find(name);
        return found == said.end() ? std::nullopt : std::optional(found->second);
    };
    auto const is = [&](std::string const& text, int index, int count) {
        auto const shard = parse_shard(text, environment);
        ASSERT_TRUE(shard) << text << ": " << shard.error().message;
        EXPECT_EQ(*shard, (Shard{.index = index, .count = count})) << text;
    };
    is("2/3", 2, 3);
    for (char const* wrong : {"", "2", "0/3", "4/3", "a/3", "2/b", "2/", "-1/3", "2/3/4", "1/0",
                              "env", "env/3", "99999999999/3"})
        EXPECT_FALSE(parse_shard(wrong, environment)) << wrong;
    said = {{"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "4"}};
    is("env", 3, 4);
    is("env/3", 3, 3);
    said = {{"JOB_COMPLETION_INDEX", "0"}};
    is("env/3", 1, 3);
    EXPECT_FALSE(parse_shard("env", environment)) << "nobody says how many";
}

TEST(Shards, HaveEachDrillOnceAndAboutTheSameToDo) {
    Suite suite;
    for (int const repeats : {1, 9, 2, 4, 4, 1})
        suite.drills.push_back({.scenario = {}, .repeats = repeats});
    for (int count = 1; count <= 6; ++count) {
        std::vector<int> const shards = split(suite, count);
        ASSERT_EQ(shards.size(), suite.drills.size());
        EXPECT_EQ(shards, split(suite, count));
        std::set<int> const used(shards.begin(), shards.end());
        EXPECT_EQ(static_cast<int>(used.size()), count) << "nobody is idle";
        EXPECT_GE(*used.begin(), 1);
        EXPECT_LE(*used.rbegin(), count);
    }
    EXPECT_EQ(split(suite, 2), (std::vector<int>{1, 1, 2, 2, 2, 1}));
}

}  // namespace
}  // namespace interregnum
