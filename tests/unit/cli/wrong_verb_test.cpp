// SPDX-License-Identifier: MIT
#include "harness/cli/wrong_verb.h"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace interregnum {
namespace {

/// What is said of a command line for a program with the verbs `run FILE` and `lab up|down`.
std::string said_of(std::vector<std::string> words) {
    CLI::App app("", "prog");
    app.require_subcommand(1);
    std::string file;
    app.add_subcommand("run")->add_option("file", file)->required();
    CLI::App* const lab = app.add_subcommand("lab");
    lab->require_subcommand(1);
    lab->add_subcommand("up");
    lab->add_subcommand("down");
    lab->add_subcommand("supervise")->group("");
    std::ranges::reverse(words);  // CLI11 takes them from the back
    try {
        app.parse(words);
    } catch (CLI::RequiredError const&) {
        return wrong_verb(app);
    }
    return "parsed";
}

TEST(WrongVerb, NamesTheNearestAndAll) {
    EXPECT_EQ(said_of({"rnu"}),
              "prog: there is no verb \"rnu\" (did you mean \"run\"?); there are run, lab "
              "(`prog --help` explains them)");
    EXPECT_EQ(said_of({"lab", "dwon"}),
              "prog lab: there is no verb \"dwon\" (did you mean \"down\"?); there are up, down "
              "(`prog lab --help` explains them)");
}

TEST(WrongVerb, SaysThatOneIsMissing) {
    EXPECT_EQ(said_of({}),
              "prog: a verb is missing; there are run, lab (`prog --help` explains them)");
    EXPECT_EQ(said_of({"lab"}),
              "prog lab: a verb is missing; there are up, down (`prog lab --help` explains them)");
}

TEST(WrongVerb, LeavesOtherMistakesAlone) { EXPECT_EQ(said_of({"run"}), ""); }

}  // namespace
}  // namespace interregnum
