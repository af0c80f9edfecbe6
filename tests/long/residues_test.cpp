// SPDX-License-Identifier: MIT
// One residue of every type is planted, seen (exit 4) and removed, by name alone.
#include <gtest/gtest.h>

#include "tests/cluster/support/lab_faults.h"
#include "tests/cluster/support/planted.h"

namespace interregnum::test {
namespace {

class Residues : public LabBench {};

TEST_F(Residues, OfEveryTypeAreSeenAndRemoved) {
    for (TrialStep const& step : residue_steps(1)) plant_and_heal(bench(), step);
}

TEST_F(Residues, OfEveryTypeWithoutANameOfOursAreSeenByTheComparison) {
    for (PlantedFact const& planted : planted_facts(1)) plant_and_compare(bench(), planted);
}

}  // namespace
}  // namespace interregnum::test
