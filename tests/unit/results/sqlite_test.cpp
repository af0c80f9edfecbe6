// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "harness/results.h"
#include "tests/unit/statistics/made_runs.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

class Sqlite : public ::testing::Test {
protected:
    Result<std::unique_ptr<ResultsStore>> open() {
        return Registry<ResultsKind>::find("sqlite")->open(file_);
    }
    test::TempFolder folder_;
    std::string file_{folder_ / "results.db"};
};

TEST_F(Sqlite, KeepsARunWithAllItsNumbers) {
    RunSummary run = test::made_runs({31.5}).front();
    run.seed = 18'446'744'073'709'551'615ULL;
    run.because = "it's \"down\"; DROP TABLE run; --";
    run.verdict = Verdict::inconclusive;
    run.undecided = true;
    run.measures["read.downtime"] = {
        .unit = Unit::duration,
        .value = {.known = true, .at_least = 5, .at_most = unbounded, .best = 6}};
    run.measures["ghost"].value = {.known = false, .why_unknown = "no final read"};
    ASSERT_TRUE((*open())->add(run));
    auto const read = (*open())->runs("", 10);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 1U);
    RunSummary const& back = read->front();
    EXPECT_EQ(back.id, run.id);
    EXPECT_EQ(back.started, run.started);
    EXPECT_EQ(back.scenario, run.scenario);
    EXPECT_EQ(back.cluster, run.cluster);
    EXPECT_EQ(back.seed, run.seed);
    EXPECT_EQ(back.verdict, run.verdict);
    EXPECT_TRUE(back.undecided);
    EXPECT_EQ(back.because, run.because);
    EXPECT_EQ(back.etcd_with_leader, true);
    EXPECT_EQ(back.measures.size(), 4U) << "what is not known is not kept";
    EXPECT_EQ(back.measures.at("read.downtime").value.at_most, unbounded);
    EXPECT_EQ(back.measures.at("write.downtime").value.best, 31'500'000'000);
    EXPECT_EQ(back.measures.at("write.downtime").unit, Unit::duration);
    auto limited = back.limited;
    std::ranges::sort(limited);
    EXPECT_EQ(limited, (std::vector<std::string>{"lost", "write.downtime"}));
}

TEST_F(Sqlite, KeepsARunOnce) {
    auto const runs = test::made_runs({30, 31});
    auto const store = open();
    ASSERT_TRUE(store);
    for (int again = 0; again < 3; ++again)
        for (RunSummary const& run : runs) ASSERT_TRUE((*store)->add(run));
    RunSummary changed = runs[1];
    changed.verdict = Verdict::fail;
    changed.measures.erase("lost");
    ASSERT_TRUE((*store)->add(changed));
    auto const read = (*store)->runs("kill-leader", 10);
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ((*read)[1].verdict, Verdict::fail);
    EXPECT_FALSE((*read)[1].measures.contains("lost"));
    EXPECT_EQ((*store)->runs("kill-leader", 1)->front().id, runs[1].id) << "the newest";
    EXPECT_TRUE((*store)->runs("switchover", 10)->empty());
}

/// A file of the first version: its second is one column more.
void make_older(std::string const& file) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, "ALTER TABLE run DROP COLUMN undecided; PRAGMA user_version = 1",
                           nullptr, nullptr, nullptr),
              SQLITE_OK)
        << sqlite3_errmsg(raw);
    sqlite3_close(raw);
}

TEST_F(Sqlite, BringsAnOlderFileUpToDate) {
    auto const runs = test::made_runs({30, 31});
    for (RunSummary const& run : runs) ASSERT_TRUE((*open())->add(run));
    make_older(file_);
    RunSummary open_end = test::made_runs({30, 31, 32}).back();
    open_end.undecided = true;
    ASSERT_TRUE((*open())->add(open_end));
    auto const read = (*open())->runs("", 10);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 3U);
    EXPECT_FALSE((*read)[0].undecided);
    EXPECT_TRUE((*read)[2].undecided);
    EXPECT_EQ((*read)[0].measures.size(), runs[0].measures.size());
}

TEST_F(Sqlite, LetsSeveralWriteAtOnce) {
    constexpr int writers = 6;
    constexpr int each = 10;
    std::vector<int> failed(writers);
    {
        std::vector<std::jthread> threads;
        threads.reserve(writers);
        for (int writer = 0; writer < writers; ++writer)
            threads.emplace_back([&, writer] {
                for (int i = 0; i < each; ++i) {
                    RunSummary run = test::made_runs({30}).front();
                    run.id = fmt::format("{}-{}", writer, i);
                    auto const store = open();  // its own connection, as another program's
                    if (!store || !(*store)->add(run)) ++failed[static_cast<std::size_t>(writer)];
                }
            });
    }
    EXPECT_EQ(failed, std::vector<int>(writers, 0));
    EXPECT_EQ((*open())->runs("", 1000)->size(), std::size_t{writers} * each);
}

TEST_F(Sqlite, RefusesWhatItDoesNotKnow) {
    std::ofstream(file_) << std::string(4096, 'x');
    auto store = open();
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().message.find("results.db"), std::string::npos);
    std::filesystem::remove(file_);
    ASSERT_TRUE(open());
    // The schema's version stands in the file's header, big-endian, at byte 60.
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.write("\0\0\0\x63", 4);
    file.close();
    store = open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, Error::Kind::invalid);
    EXPECT_NE(store.error().message.find("schema version 99"), std::string::npos)
        << store.error().message;
    EXPECT_FALSE(Registry<ResultsKind>::find("sqlite")->open(folder_ / "no/such/folder.db"));
}

}  // namespace
}  // namespace interregnum
