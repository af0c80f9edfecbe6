// SPDX-License-Identifier: MIT
// The short version of tests/long/residues_test.cpp: every fifth kind.
#include <gtest/gtest.h>

#include "tests/cluster/support/planted.h"

namespace interregnum::test {
namespace {

class Residues : public testing::Test {
protected:
    void SetUp() override {
        auto found = FaultBench::lab();
        if (auto const* why = std::get_if<std::string>(&found)) GTEST_SKIP() << *why;
        bench_ = std::get<std::unique_ptr<FaultBench>>(std::move(found));
    }
    std::unique_ptr<FaultBench> bench_;
};

TEST_F(Residues, OfSomeTypesAreSeenAndRemoved) {
    for (TrialStep const& step : residue_steps(5)) plant_and_heal(*bench_, step);
}

}  // namespace
}  // namespace interregnum::test
