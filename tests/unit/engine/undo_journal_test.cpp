// SPDX-License-Identifier: MIT
#include "harness/engine/undo_journal.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class UndoJournalTest : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "journal-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
        path_ = folder_ + "/undo.journal";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    static Promise promise(std::string id) {
        return {.fault_id = std::move(id),
                .kind = "node.crash",
                .targets = {"db1"},
                .undo = {{.node = "", .argv = {"lab", "a 'b\nc"}, .timeout = 7s}},
                .summary = "power loss"};
    }

    std::string folder_;
    std::string path_;
};

TEST_F(UndoJournalTest, APromiseIsOpenUntilItIsKept) {
    auto journal = UndoJournal::open(path_);
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_TRUE(journal->promise(promise("f1")));
    ASSERT_TRUE(journal->promise(promise("f2")));
    ASSERT_TRUE(journal->kept("f1"));
    auto const open = open_promises(path_);
    ASSERT_TRUE(open) << open.error().message;
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ((*open)[0].fault_id, "f2");
    EXPECT_EQ((*open)[0].undo[0].argv, (std::vector<std::string>{"lab", "a 'b\nc"}));
    EXPECT_EQ((*open)[0].undo[0].timeout, 7s);
}

TEST_F(UndoJournalTest, ReopeningAppends) {
    ASSERT_TRUE(UndoJournal::open(path_)->promise(promise("f1")));
    ASSERT_TRUE(UndoJournal::open(path_)->kept("f1"));
    EXPECT_TRUE(open_promises(path_)->empty());
}

TEST_F(UndoJournalTest, ALineCutOffByACrashPromisedNothing) {
    ASSERT_TRUE(UndoJournal::open(path_)->promise(promise("f1")));
    std::ifstream file(path_);
    std::ostringstream text;
    text << file.rdbuf();
    for (std::size_t cut = 1; cut < text.str().size(); ++cut) {
        auto const open = parse_journal(std::string_view(text.str()).substr(0, cut));
        ASSERT_TRUE(open) << cut;
        EXPECT_TRUE(open->empty()) << cut;
    }
}

TEST_F(UndoJournalTest, WhatIsWrittenBehindALineCutOffByACrashCanBeRead) {
    ASSERT_TRUE(UndoJournal::open(path_)->promise(promise("f1")));
    std::ofstream(path_, std::ios::app) << R"({"fault":"f2","promise":tr)";
    ASSERT_TRUE(UndoJournal::open(path_)->kept("f1"));
    auto const open = open_promises(path_);
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_TRUE(open->empty());
}

TEST_F(UndoJournalTest, NothingIsLeftOfALineThatCouldNotBeWritten) {
    ASSERT_TRUE(UndoJournal::open(path_)->promise(promise("f1")));
    auto const size = std::filesystem::file_size(path_);
    auto journal = UndoJournal::open(path_);
    ASSERT_TRUE(journal) << journal.error().message;
    // A file that may grow by ten bytes only: what a full disk does to a write.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit few = before;
    few.rlim_cur = size + 10;
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &few), 0);
    auto const promised = journal->promise(promise("f2"));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    static_cast<void>(std::signal(SIGXFSZ, handler));
    EXPECT_FALSE(promised);
    EXPECT_EQ(std::filesystem::file_size(path_), size);
    ASSERT_TRUE(journal->kept("f1"));
    auto const open = open_promises(path_);
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_TRUE(open->empty());
}

TEST_F(UndoJournalTest, ABrokenLineIsNamed) {
    auto const broken = parse_journal("{\"promise\": false, \"fault\": \"f1\"}\nnonsense\n");
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("line 2"), std::string::npos) << broken.error().message;
    EXPECT_FALSE(parse_journal("{\"promise\": true}\n"));
}

TEST_F(UndoJournalTest, AFolderThatIsNotThereIsAnError) {
    EXPECT_FALSE(UndoJournal::open(folder_ + "/none/undo.journal"));
    EXPECT_FALSE(open_promises(folder_ + "/none/undo.journal"));
}

}  // namespace
}  // namespace interregnum
