// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace interregnum::test {

/// A defect, the check that must find it, and what else the same harm makes true.
struct DefectRow {
    std::string defect;
    std::string check;
    std::set<std::string> besides;  ///< other checks that may fail, each with its reason
};

/// One row for each defect that there is.
[[nodiscard]] std::vector<DefectRow> const& defect_rows();
/// The row of this defect.
[[nodiscard]] DefectRow const& defect_row(std::string const& defect);

/// What one drill of a row showed: of each check of durability or safety that failed, how many
/// lines of proof (or the findings, where the sentence is the proof) there are.
using Failed = std::map<std::string, std::size_t>;

/// The lab as it should be for shops that must lose nothing, with or without the defect, made
/// anew; fails the test when it does not come up.
void lab_with(std::string const& defect);
/// The same without any.
void lab_without_defects();

/// Plays the row's drill on the lab that is up, and expects: with the defect that its check fails,
/// with proof, and nothing but it and what may besides; without, that its check is silent. On a
/// lab without defects `defective` switches the row's bug of the shop on by itself.
[[nodiscard]] Failed try_defect(DefectRow const& row, bool defective, std::uint64_t seed);

/// Prints a line of the matrix, what failed in how many of the drills, and adds it to the file that
/// $INTERREGNUM_DETECTIONS names (tests/run shows it).
void print_row(DefectRow const& row, bool defective, std::vector<Failed> const& drills);

}  // namespace interregnum::test
