// SPDX-License-Identifier: MIT
#include "harness/cli/run_summaries.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/cli/repeats.h"
#include "harness/cli/results_file.h"
#include "harness/results.h"
#include "tests/unit/statistics/made_runs.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

class RunSummaries : public ::testing::Test {
protected:
    void add(std::string const& name, std::string const& summary) {
        fs::create_directories(runs_ / name);
        std::ofstream(runs_ / name + "/summary.json") << summary;
    }
    void add_good(std::string const& name) {
        fs::create_directories(runs_ / name);
        fs::copy_file(std::string(TEST_DATA_DIR) + "/golden/kill-leader.summary.json",
                      runs_ / name + "/summary.json");
    }
    test::TempFolder runs_;
};

TEST_F(RunSummaries, AreFoundByFolderByFoldersFolderAndByPattern) {
    add_good("1-kill-leader");
    add_good("2-kill-leader");
    add_good("3-switchover");
    fs::create_directories(runs_ / "not-a-run");
    for (auto const& [where, count] :
         {std::pair{runs_ / "1-kill-leader", 1U}, std::pair{runs_ / "1-kill-leader/", 1U},
          std::pair{runs_.path(), 3U}, std::pair{runs_ / "*-kill-leader", 2U},
          std::pair{runs_.path() + "*", 3U}}) {
        auto const found = find_runs(where);
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ(found->runs.size(), count) << where;
        EXPECT_TRUE(found->skipped.empty());
    }
}

TEST_F(RunSummaries, ThatAreBadAreNamedAndSkipped) {
    add_good("1");
    add("2", "{");
    add("3", R"({"schema": 9})");
    fs::create_directories(runs_ / "4/summary.json");
    fs::create_directories(runs_ / "5");
    std::ofstream(runs_ / "5/record.jsonl") << "{}\n";
    auto const found = find_runs(runs_.path());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->runs.size(), 1U);
    ASSERT_EQ(found->skipped.size(), 4U);
    EXPECT_NE(found->skipped[0].find("/2/summary.json\": line 1"), std::string::npos)
        << found->skipped[0];
    EXPECT_NE(found->skipped[1].find("schema is not 1"), std::string::npos) << found->skipped[1];
    EXPECT_NE(found->skipped[2].find("4/summary.json"), std::string::npos) << found->skipped[2];
    EXPECT_NE(found->skipped[3].find("interregnum report"), std::string::npos);
}

TEST_F(RunSummaries, ThatAreNowhereAreAnError) {
    for (std::string const& where : {runs_ / "nothing", runs_ / "[", runs_.path(), std::string()})
        EXPECT_FALSE(find_runs(where)) << where;
}

TEST_F(RunSummaries, OfRepeatsAreWrittenBesideTheRuns) {
    add_good("1");
    add_good("2");
    add("3", "{");
    ASSERT_TRUE(tell_repeats_of({runs_ / "1", runs_ / "2", runs_ / "3"}, runs_.path(), false));
    for (char const* file : {"repeats.json", "repeats.md"})
        EXPECT_GT(fs::file_size(runs_ / file), 100U) << file;
    Status const status = tell_repeats_of({runs_ / "1"}, runs_ / "nowhere", false);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("nowhere/repeats.json"), std::string::npos);
}

TEST_F(RunSummaries, AreKeptInTheResultsOnce) {
    add_good("1");
    add("2", "{");
    std::string const file = runs_ / "results.db";
    EXPECT_FALSE(read_results(file, "", 10)) << "it is not made by reading";
    EXPECT_FALSE(fs::exists(file));
    ASSERT_TRUE(add_to_results(file, runs_ / "1"));
    ASSERT_TRUE(add_to_results(file, runs_ / "1"));
    EXPECT_FALSE(add_to_results(file, runs_ / "2"));
    auto const kept = read_results(file, "kill-leader", 10);
    ASSERT_TRUE(kept) << kept.error().message;
    ASSERT_EQ(kept->size(), 1U);
    EXPECT_NE(tell_trend_of(*kept, "write.downtime", 30, "").told.text.find("1 pass"),
              std::string::npos);
}

TEST_F(RunSummaries, OfOneScenarioAreReadHoweverManyOthersWerePlayedSince) {
    std::string const file = runs_ / "results.db";
    auto const store = Registry<ResultsKind>::find("sqlite")->open(file);
    ASSERT_TRUE(store);
    for (int number = 0; number < 7; ++number) {
        RunSummary run = test::made_run(number);
        if (number == 0) run.scenario = "switchover";
        if (number > 2 && number != 5) run.scenario = "lag-replica";
        ASSERT_TRUE((*store)->add(run));
    }
    auto const days = [&](std::string const& scenario) {
        std::vector<std::string> read;
        auto const runs = read_with_others(file, scenario, 3);
        EXPECT_TRUE(runs);
        if (runs)
            for (RunSummary const& run : *runs) read.push_back(run.started.substr(8, 2));
        return read;
    };
    using Days = std::vector<std::string>;
    EXPECT_EQ(days("switchover"), (Days{"01", "05", "06", "07"})) << "retired long ago";
    EXPECT_EQ(days("kill-leader"), (Days{"02", "03", "06", "05", "07"})) << "each of them once";
    EXPECT_EQ(days(""), (Days{"05", "06", "07"}));
    EXPECT_FALSE(read_with_others(runs_ / "nothing.db", "kill-leader", 3));
}

}  // namespace
}  // namespace interregnum
