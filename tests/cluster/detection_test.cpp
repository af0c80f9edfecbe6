// SPDX-License-Identifier: MIT
// A row of the detection matrix (tests/long/detection_matrix_test.cpp), once: a bug of the shop,
// which needs no other lab than the one that is up.
#include <gtest/gtest.h>

#include "tests/cluster/support/defects.h"
#include "tests/cluster/support/drill.h"

namespace interregnum::test {
namespace {

class Detection : public testing::TestWithParam<char const*> {};

TEST_P(Detection, ABugOfTheShopIsFoundByItsCheckAndNotWithoutIt) {
    expect_healthy();
    DefectRow const& row = defect_row(GetParam());
    for (bool const defective : {true, false})
        print_row(row, defective, {try_defect(row, defective, 1)});
}

INSTANTIATE_TEST_SUITE_P(Bugs, Detection, testing::Values("lost_update"),
                         [](auto const& bug) { return std::string(bug.param); });

}  // namespace
}  // namespace interregnum::test
