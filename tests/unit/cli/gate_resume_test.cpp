// SPDX-License-Identifier: MIT
// What `gate --resume` takes, and of which gates, before it looks at any cluster.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/cli/gate_plan.h"
#include "harness/cli/program.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

/// What the program printed and ended with.
struct Said {
    int code{};
    std::string out;
    std::string err;
};

/// A gate that has come to its end and lacks only a tick; its inventory is not there any more, so
/// that whoever goes on with it gets no further than to that.
class EndedGate : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(
            save_plan({.suite_file = "/suites/mine.json", .inventory = inventory}, folder_.path()));
        std::ofstream(folder_ / "gate.json")
            << R"({"decision": "undecided", "because": "UNDECIDED: nobody ticked pager."})";
    }

    Said resume(std::vector<std::string> const& more) {
        std::vector<std::string> words{"interregnum", "gate", "--resume", folder_.path()};
        words.insert(words.end(), more.begin(), more.end());
        std::vector<char*> argv;
        for (std::string& word : words) argv.push_back(word.data());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        int const code = run_program(static_cast<int>(argv.size()), argv.data());
        return {.code = code,
                .out = testing::internal::GetCapturedStdout(),
                .err = testing::internal::GetCapturedStderr()};
    }

    static constexpr char const* inventory = "/nowhere/inventory.json";
    test::TempFolder folder_;
};

TEST_F(EndedGate, IsToldAndNotGoneOnWith) {
    Said const said = resume({});
    EXPECT_EQ(said.code, 2) << said.err;
    EXPECT_NE(said.out.find("has come to its end"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("nobody ticked pager"), std::string::npos) << said.out;
}

TEST_F(EndedGate, IsGoneOnWithBySomebodyWhoTicks) {
    Said const said = resume({"--done", "pager=Grace Hopper"});
    EXPECT_EQ(said.code, 64) << said.out;
    EXPECT_EQ(said.out.find("has come to its end"), std::string::npos) << said.out;
    EXPECT_NE(said.err.find(inventory), std::string::npos) << said.err;
}

TEST_F(EndedGate, TakesNothingThatWouldMakeItAnother) {
    Said const said = resume({"--done", "pager=Grace Hopper", "--seed", "3"});
    EXPECT_EQ(said.code, 64) << said.out;
    EXPECT_NE(said.err.find("leave out --seed"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace interregnum
