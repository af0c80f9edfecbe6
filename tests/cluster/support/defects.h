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
    std::set<std::string> besides;   ///< other checks that may fail, each with its reason
    std::set<std::string> always{};  ///< those of them that may fail without the defect too
    /// Without the defect this row's drill does nothing that this defect's drill does not do with
    /// the same customers: played once it speaks for both.
    std::string like{};
};

/// One row for each defect that there is.
[[nodiscard]] std::vector<DefectRow> const& defect_rows();
/// The row of this defect.
[[nodiscard]] DefectRow const& defect_row(std::string const& defect);

/// What one drill of a row showed: of each check of durability or safety that failed, how many
/// lines of proof (or the findings, where the sentence is the proof) there are.
using Failed = std::map<std::string, std::size_t>;

/// Whether the defect is in the shop's customers alone, so that any lab can show it.
[[nodiscard]] bool is_of_the_shop(DefectRow const& row);

/// The lab as it should be for shops that must lose nothing, made anew; `more` are further words of
/// `lab up`. Fails the test when it does not come up.
void lab_for_shops(std::vector<std::string> const& more = {});
/// Waits until that lab is redundant; one that does not get there is made anew, which is printed.
void heal_lab_for_shops(std::vector<std::string> const& more = {});

/// Plays the row's drill on the lab that is up, and expects: with the defect that its check fails,
/// with proof, and nothing but it and what may besides; without, that all checks are silent but
/// those that may always fail. On a lab without defects `defective` switches the row's bug of the
/// shop on by itself.
[[nodiscard]] Failed try_defect(DefectRow const& row, bool defective, std::uint64_t seed);

/// Prints a line of the matrix, what failed in how many of the drills, and adds it to the file that
/// $INTERREGNUM_DETECTIONS names (tests/run shows it).
void print_row(DefectRow const& row, bool defective, std::vector<Failed> const& drills);

}  // namespace interregnum::test
