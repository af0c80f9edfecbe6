// SPDX-License-Identifier: MIT
// Kill, crash and switchover, ten times each: the phases add up, and the servers' logs agree.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/phases_proof.h"

namespace interregnum::test {
namespace {

class Phases : public testing::TestWithParam<int> {
protected:
    void SetUp() override { expect_healthy(); }
    void drill(std::string const& scenario) {
        LocalResult const result = call({"run", scenario, "--inventory", "lab", "--seed",
                                         std::to_string(GetParam()), "--out", runs_.path()});
        ASSERT_EQ(result.exit_status, 0) << result.out << result.err;
        expect_phases_add_up(runs_.only_run());
        expect_logs_agree(runs_.only_run());
    }
    RunsFolder runs_;
};

TEST_P(Phases, OfALeaderThatLosesPower) { drill("kill-leader"); }

TEST_P(Phases, OfADatabaseThatCrashes) { drill("crash-postgres"); }

TEST_P(Phases, OfASwitchover) {
    RunsFolder const files;
    std::string const file = files.path() + "/switchover.json";
    std::ofstream(file) << R"({"title": "The lead is handed over",
        "steps": [{"fault": "patroni.switchover"}, {"await": "redundant", "within": "3m"}],
        "expect": {"leader.changes": 1, "write.downtime": "<= 30s"}})";
    drill(file);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Phases, testing::Range(1, 11));

}  // namespace
}  // namespace interregnum::test
