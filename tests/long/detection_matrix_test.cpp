// SPDX-License-Identifier: MIT
// Defects down, checks across: each defect is found by the check that should, three times; what
// should be silent is; and without the defects, in the same drills, all of them are. A lab is made
// for each defect that is in the lab; what is in the shop alone, and the drills without defects,
// share one that is as it should be. Some 50 minutes.
#include <map>

#include <gtest/gtest.h>

#include "harness/lab/defect.h"
#include "tests/cluster/support/defects.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

constexpr std::uint64_t first_seed = 41;
constexpr std::uint64_t seeds = 3;

using Drills = std::vector<Failed>;

std::vector<DefectRow> rows_of_the_lab() {
    std::vector<DefectRow> rows = defect_rows();
    std::erase_if(rows, is_of_the_shop);
    return rows;
}

Drills play(DefectRow const& row, bool defective) {
    Drills drills;
    for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed)
        drills.push_back(try_defect(row, defective, seed));
    return drills;
}

class DetectionMatrix : public testing::TestWithParam<DefectRow> {
protected:
    /// The other long proofs go on with the lab that they had.
    static void TearDownTestSuite() { renew_lab(); }
};

TEST_P(DetectionMatrix, ADefectOfTheLabIsFoundByItsCheck) {
    lab_for_shops({"--defect", GetParam().defect});
    if (HasFatalFailure()) return;
    print_row(GetParam(), true, play(GetParam(), true));
}

INSTANTIATE_TEST_SUITE_P(Defects, DetectionMatrix, testing::ValuesIn(rows_of_the_lab()),
                         [](auto const& row) { return row.param.defect; });

class DetectionMatrixOnAGoodLab : public testing::Test {
protected:
    void SetUp() override { lab_for_shops(); }
    static void TearDownTestSuite() { renew_lab(); }
};

TEST_F(DetectionMatrixOnAGoodLab, BugsOfTheShopAreFoundByTheirChecks) {
    for (DefectRow const& row : defect_rows()) {
        if (!is_of_the_shop(row)) continue;
        heal_lab_for_shops();
        print_row(row, true, play(row, true));
    }
}

TEST_F(DetectionMatrixOnAGoodLab, WithoutDefectsTheirChecksAreSilent) {
    std::map<std::string, Drills> played;
    for (DefectRow const& row : defect_rows()) {
        if (!row.like.empty()) continue;
        heal_lab_for_shops();
        played[row.defect] = play(row, false);
    }
    for (DefectRow const& row : defect_rows())
        print_row(row, false, played.at(row.like.empty() ? row.defect : row.like));
}

TEST(DetectionMatrixRows, AreAllDefects) {
    std::vector<std::string> rows;
    for (DefectRow const& row : defect_rows()) rows.push_back(row.defect);
    std::vector<std::string> defects;
    for (Defect const* defect : Registry<Defect>::all()) defects.emplace_back(defect->name);
    EXPECT_EQ(rows, defects);
}

}  // namespace
}  // namespace interregnum::test
