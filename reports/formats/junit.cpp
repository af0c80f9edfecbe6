// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/format.h"
#include "reports/judge.h"
#include "reports/junit_text.h"
#include "reports/measures/downtime.h"

namespace interregnum {
namespace {

// A check with several findings is one case: its worst verdict, all its sentences.
JunitCase case_of(CheckKind const& kind, std::vector<Finding> const& findings) {
    JunitCase result{.group = "checks", .name = std::string(kind.name)};
    for (Finding const& finding : findings) {
        if (finding.check != kind.name) continue;
        result.verdict = std::max(result.verdict, finding.verdict);
        if (result.message.empty()) result.message = finding.sentence;
        result.text += finding.sentence + '\n';
        for (std::string const& proof : finding.proof) result.text += "  " + proof + '\n';
    }
    return result;
}

JunitCase end_of_run(record::Record const& record) {
    JunitCase result{.group = "run", .name = "came to its end"};
    if (!record.ended)
        result.verdict = Verdict::error;
    else if (record.ended->reason != record::EndReason::completed)
        result.verdict =
            record.ended->reason == record::EndReason::error ? Verdict::error : Verdict::aborted;
    result.message = record.ended ? record.ended->detail : "the controller was killed";
    return result;
}

std::vector<JunitCase> cases_of(record::Record const& record, Judgement const& judgement) {
    std::vector<JunitCase> cases{end_of_run(record)};
    for (Judged const& judged : judgement.expectations)
        cases.push_back({.group = "expectations",
                         .name = judged.expectation.text.empty() ? judged.expectation.measure
                                                                 : judged.expectation.text,
                         .verdict = judged.verdict,
                         .message = judged.sentence});
    for (CheckKind const* kind : Registry<CheckKind>::all())
        cases.push_back(case_of(*kind, judgement.findings));
    for (record::Note const& note : record.notes) {
        if (note.effect == record::Note::Effect::none) continue;
        bool const doubtful = note.effect == record::Note::Effect::inconclusive;
        cases.push_back({.group = "notes",
                         .name = "note",
                         .verdict = doubtful ? Verdict::inconclusive : Verdict::error,
                         .message = note.text});
    }
    // A drill that proves nothing does not fail by a limit, and neither may whoever reads this.
    // (Had it lost data, it would have failed.)
    if (judgement.verdict == Verdict::inconclusive)
        for (JunitCase& one : cases) {
            if (one.verdict != Verdict::fail) continue;
            one.verdict = Verdict::inconclusive;
            one.message += " (not judged: the drill proves nothing)";
        }
    return cases;
}

std::string render(record::Record const& record, Judgement const& judgement) {
    return junit_text(
        {.name = record.run.scenario,
         .began = format_wall(Duration(record.run.wall_start_ns)),
         .seconds = static_cast<double>(end_of(record).count()) / 1e9,
         .properties = {{"verdict", std::string(verdict_word(judgement.verdict))},
                        {"seed", std::to_string(record.run.seed)},
                        {"cluster", record.run.cluster},
                        {"again", record.run.again}},
         .cases = cases_of(record, judgement),
         .out = fmt::format("{}: {}", verdict_word(judgement.verdict), judgement.because)});
}

RegisterFormat const registered{{.name = "junit",
                                 .summary = "a test case for each expectation and check, for CI",
                                 .file = "junit.xml",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
