// SPDX-License-Identifier: MIT
// The short version of tests/long/residues_test.cpp: every fifth kind.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/cluster/support/lab_faults.h"
#include "tests/cluster/support/planted.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

class Residues : public LabBench {};

TEST_F(Residues, OfSomeTypesAreSeenAndRemoved) {
    for (TrialStep const& step : residue_steps(5)) plant_and_heal(bench(), step);
}

TEST_F(Residues, ThatHaveNoNameOfOursAreSeenByTheComparison) {
    for (PlantedFact const& planted : planted_facts(5)) plant_and_compare(bench(), planted);
}

TEST_F(Residues, ASettingThatADrillLeavesIsSaidAndEndsWithFour) {
    RunsFolder const runs;
    std::string const scenario = runs.path() + "/leaves-a-setting.json";
    std::ofstream(scenario) << R"({ "title": "A setting stays changed", "workload": {},
        "steady_before": "1s", "steady_after": "1s",
        "steps": [ { "fault": "command", "target": "any:replica", "for": "1s",
            "inject": ["sh", "-c", "cd /; runuser -u postgres -- psql -Xqc 'alter system set work_mem = 5432' -c 'select pg_reload_conf()'"],
            "verify": ["sh", "-c", "cd /; runuser -u postgres -- psql -XAtqc 'show work_mem' | grep -q 5432"],
            "undo": ["true"] } ] })";
    LocalResult const done =
        call({"run", scenario, "--inventory", "lab", "--out", runs.path() + "/out"}, 3min);
    for (char const* node : {"db1", "db2", "db3"}) {
        do_sql(node, "alter system reset work_mem");
        do_sql(node, "select pg_reload_conf()");
    }
    EXPECT_EQ(done.exit_status, 4) << done.out << done.err;
    EXPECT_TRUE(done.out.contains("work_mem")) << done.out;
}

}  // namespace
}  // namespace interregnum::test
