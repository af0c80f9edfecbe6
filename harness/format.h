// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/check.h"
#include "harness/measure.h"
#include "harness/record/event.h"

namespace interregnum {

/// One expectation with what was measured.
struct Judged {
    record::Expectation expectation;
    MeasureValue value;
    Verdict verdict{Verdict::inconclusive};
    std::string sentence;  ///< "write.downtime 31.94 s (31.92 to 31.98), limit <= 60s"
};

/// A record judged: everything a format shows, and nothing it has to compute.
struct Judgement {
    Verdict verdict{Verdict::inconclusive};
    /// Of an inconclusive one: the drill was played as it should be and its numbers are good, but a
    /// limit lies within their error, or something that was looked for could not be told. Not
    /// set: the drill proves nothing, and neither do its numbers.
    bool undecided{};
    bool not_undone{};  ///< something was left behind on a node: exit code 4
    bool interrupted{};
    std::string because;                                        ///< one sentence for the last line
    std::map<std::string, MeasureValue, std::less<>> measures;  ///< every registered one
    std::vector<Judged> expectations;
    std::vector<Finding> findings;  ///< of every check
    /// The run folder as the user can open it, for the line that says where the report is. Not
    /// of the record, so set by whoever knows it; "" otherwise.
    std::string folder;
};

/// A way to show a judged record. Pure.
struct FormatKind {
    std::string_view name;  ///< "terminal", "json", "junit", "markdown", "html"; file stem
    std::string_view summary;
    std::string_view file;  ///< its name in a run folder; "" for the terminal's
    std::string (*render)(record::Record const&, Judgement const&){nullptr};
};
using RegisterFormat = Register<FormatKind>;

/// Judges a record with all registered measures and checks. Implemented by reports; a slot, so
/// that the harness can call it without knowing reports.
struct JudgeKind {
    std::string_view name;  ///< "default"
    Judgement (*judge)(record::Record const&){nullptr};
};
using RegisterJudge = Register<JudgeKind>;

}  // namespace interregnum
