// SPDX-License-Identifier: MIT
// `check FILE --model`: exit codes, and what is said of files and options that are wrong.
#include "harness/cli/check_history.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/history_model.h"

namespace interregnum {
namespace {

constexpr char const* good =
    R"({"process":0,"type":"invoke","f":"write","value":5}
{"process":0,"type":"ok","f":"write","value":5}
{"process":1,"type":"invoke","f":"read"}
{"process":1,"type":"ok","f":"read","value":5}
)";

class CheckHistory : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "history-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// Judges a file of that content.
    ExitCode run(std::string const& text, CheckHistoryFlags flags) {
        flags.path = folder_ + "/h.jsonl";
        std::ofstream(flags.path) << text;
        return check(flags);
    }
    ExitCode check(CheckHistoryFlags const& flags) {
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        ExitCode const code = check_history(flags);
        std::fflush(nullptr);
        out_ = testing::internal::GetCapturedStdout();
        err_ = testing::internal::GetCapturedStderr();
        return code;
    }
    [[nodiscard]] testing::AssertionResult said(std::string const& piece) const {
        if (err_.find(piece) != std::string::npos) return testing::AssertionSuccess();
        return testing::AssertionFailure() << err_ << "does not have\n" << piece;
    }
    std::string folder_;
    std::string out_;
    std::string err_;
};

TEST_F(CheckHistory, TheExitCodeIsTheVerdict) {
    EXPECT_EQ(run(good, {.model = "register"}), ExitCode::pass);
    EXPECT_EQ(out_, "VALID: 2 operations on 1 key are linearizable\n");
    std::string stale = good;
    stale.replace(stale.rfind('5'), 1, "6");
    EXPECT_EQ(run(stale, {.model = "register"}), ExitCode::fail);
    EXPECT_EQ(out_,
              "never written: a value was read that nobody wrote\n"
              "    process 1 read -> 6, lines 3 to 4\n"
              "INVALID: 1 of 1 key not linearizable: a value was read that nobody wrote\n");
    EXPECT_EQ(run(R"({"type":"invoke","f":"add","value":1})", {.model = "set"}),
              ExitCode::inconclusive);
}

TEST_F(CheckHistory, AnEmptyFileProvesNothing) {
    for (char const* text : {"", "\n \n", R"({"process":"nemesis","type":"info","f":"kill"})"}) {
        EXPECT_EQ(run(text, {.model = "register"}), ExitCode::inconclusive) << text;
        EXPECT_EQ(out_, "UNKNOWN: there is no operation in it\n");
    }
}

TEST_F(CheckHistory, ABadFileIsSaidWithItsLine) {
    EXPECT_EQ(
        run(std::string(good) + R"({"process":0,"type":"ok","f":"read"})", {.model = "register"}),
        ExitCode::usage);
    EXPECT_TRUE(said("h.jsonl:5:1: process 0 ends an operation here, but none of it was begun"));
    EXPECT_EQ(out_, "");
    EXPECT_EQ(run(std::string(good) + R"({"process":0,"type":"inv)", {.model = "register"}),
              ExitCode::usage);
    EXPECT_TRUE(said("h.jsonl:5:"));
    EXPECT_EQ(run(good, {.model = "bank"}), ExitCode::usage);
    EXPECT_TRUE(said(R"(h.jsonl:1:34: "f" of the model bank is one of "read", "transfer")"));
}

TEST_F(CheckHistory, AmountsOfAQuotaAreNumbersThatCanBeBought) {
    auto const buy = [](std::string const& amount) {
        return R"({"process":0,"type":"invoke","f":"buy","value":)" + amount + "}\n" +
               R"({"process":0,"type":"ok","f":"buy"})";
    };
    CheckHistoryFlags const flags{.model = "quota", .options = {{"quota", "3"}}};
    EXPECT_EQ(run(buy("3"), flags), ExitCode::pass);
    EXPECT_EQ(out_,
              "VALID: 1 purchase of 3 in all, 0 given back, 0 uncertain, 1 key with a quota of "
              "3: never exceeded\n");
    EXPECT_EQ(run(buy("4"), flags), ExitCode::fail);
    for (char const* amount : {"0", "-1", "1000000001"}) {
        EXPECT_EQ(run(buy(amount), flags), ExitCode::usage);
        EXPECT_TRUE(said("h.jsonl:1:1: expected 1 to 1000000000 to be bought or given back, not"));
    }
    EXPECT_EQ(run(buy("99999999999999999999"), flags), ExitCode::usage);
    EXPECT_TRUE(said("expected the value of this buy to be how many: a whole number"));
}

TEST_F(CheckHistory, WrongOptionsAreSaid) {
    EXPECT_EQ(run(good, {.model = "registers"}), ExitCode::usage);
    EXPECT_TRUE(said("there is no model \"registers\" (did you mean \"register\"?)"));
    EXPECT_EQ(run(good, {.model = "register", .options = {{"total", "3"}}}), ExitCode::usage);
    EXPECT_TRUE(said("the model register has no option --total"));
    EXPECT_EQ(run(good, {.model = "quota"}), ExitCode::usage);
    EXPECT_TRUE(said("the model quota needs --quota: how many there are of each key"));
    EXPECT_EQ(run(good, {.model = "bank", .options = {{"total", "much"}}}), ExitCode::usage);
    EXPECT_TRUE(said("--total: expected a whole number such as 3, not \"much\""));
    EXPECT_EQ(run(good, {.model = "register", .within = "soon"}), ExitCode::usage);
    EXPECT_TRUE(said("--within: expected"));
    EXPECT_EQ(run(good, {.model = "register", .memory = "lots"}), ExitCode::usage);
    EXPECT_TRUE(said("--memory: expected"));
}

TEST_F(CheckHistory, AFileThatCannotBeReadIsSaid) {
    EXPECT_EQ(check({.path = folder_ + "/none", .model = "register"}), ExitCode::usage);
    EXPECT_TRUE(said("none: No such file or directory"));
    EXPECT_EQ(check({.path = folder_, .model = "register"}), ExitCode::usage);
    EXPECT_TRUE(said("is a folder: a history is one file of JSON lines"));
}

TEST_F(CheckHistory, JsonHasTheProofWithItsLines) {
    std::string stale = good;
    stale.replace(stale.rfind('5'), 1, "6");
    EXPECT_EQ(run(stale, {.model = "register", .json = true}), ExitCode::fail);
    auto const json = nlohmann::json::parse(out_);
    EXPECT_EQ(json["verdict"], "invalid");
    EXPECT_EQ(json["operations"], 2);
    EXPECT_EQ(json["findings"][0]["proof"][0]["line"], 3);
}

}  // namespace
}  // namespace interregnum
