// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/format.h"

namespace interregnum {

/// What a verdict is made from.
struct Evidences {
    std::optional<record::RunEnded> ended;
    std::vector<record::Note> notes;
    std::vector<Judged> expectations;
    std::vector<Finding> findings;
};

/// Weighs it, the first that applies:
///   1. fail: a durability or safety finding or expectation failed. Whatever else happened to the
///      run, what was lost is lost.
///   2. error: the record has no end, the run ended in an error, or a finding or note says that
///      the harness broke or left something behind.
///   3. aborted: the run was aborted or interrupted.
///   4. inconclusive: something says that the drill proves nothing (a finding about the harness,
///      a note): then an availability limit that was missed is no proof either.
///   5. fail: an availability expectation or finding failed.
///   6. inconclusive: an expectation or finding could not be decided.
///   7. pass.
[[nodiscard]] Verdict weigh(Evidences const& evidences);

/// Judges a record with every registered measure and check. Pure.
[[nodiscard]] Judgement judge_record(record::Record const& record);

/// "PASS", "FAIL", "INCONCLUSIVE", "ERROR", "ABORTED".
[[nodiscard]] std::string_view verdict_word(Verdict verdict);
/// The same for programs: "pass", "fail", "inconclusive", "error", "aborted".
[[nodiscard]] std::string verdict_key(Verdict verdict);

}  // namespace interregnum
