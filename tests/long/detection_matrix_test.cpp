// SPDX-License-Identifier: MIT
// Defects down, checks across: each defect is found by the check that should, three times; what
// should be silent is; and without the defect that check is silent in the same drill.
#include <gtest/gtest.h>

#include "harness/lab/defect.h"
#include "tests/cluster/support/defects.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

constexpr std::uint64_t first_seed = 41;
constexpr std::uint64_t seeds = 3;

class DetectionMatrix : public testing::TestWithParam<DefectRow> {
protected:
    /// The other long proofs go on with the lab that they had.
    static void TearDownTestSuite() { renew_lab(); }

    void drill(bool defective) {
        if (defective)
            lab_with(GetParam().defect);
        else
            lab_without_defects();
        if (HasFatalFailure()) return;
        std::vector<Failed> drills;
        for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed)
            drills.push_back(try_defect(GetParam(), defective, seed));
        print_row(GetParam(), defective, drills);
    }
};

TEST_P(DetectionMatrix, ADefectIsFoundByItsCheckAndNotWithoutIt) {
    drill(true);
    drill(false);
}

INSTANTIATE_TEST_SUITE_P(Defects, DetectionMatrix, testing::ValuesIn(defect_rows()),
                         [](auto const& row) { return row.param.defect; });

TEST(DetectionMatrixRows, AreAllDefects) {
    std::vector<std::string> rows;
    for (DefectRow const& row : defect_rows()) rows.push_back(row.defect);
    std::vector<std::string> defects;
    for (Defect const* defect : Registry<Defect>::all()) defects.emplace_back(defect->name);
    EXPECT_EQ(rows, defects);
}

}  // namespace
}  // namespace interregnum::test
