// SPDX-License-Identifier: MIT
// One residue of every type is planted, seen (exit 4) and removed, by name alone.
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

TEST_F(Residues, OfEveryTypeAreSeenAndRemoved) {
    for (TrialStep const& step : residue_steps(1)) plant_and_heal(*bench_, step);
}

}  // namespace
}  // namespace interregnum::test
