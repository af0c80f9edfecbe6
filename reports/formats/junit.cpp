// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/format.h"
#include "reports/judge.h"
#include "reports/measures/downtime.h"

namespace interregnum {
namespace {

// XML 1.0 text and attribute values. Characters that XML cannot hold at all become '?'.
std::string xml(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '&')
            safe += "&amp;";
        else if (c == '<')
            safe += "&lt;";
        else if (c == '>')
            safe += "&gt;";
        else if (c == '"')
            safe += "&quot;";
        else if (c == '\n' || c == '\t')
            safe += c == '\n' ? "&#10;" : "&#9;";
        else if (byte < 0x20 || byte == 0x7F)
            safe += '?';
        else
            safe += c;
    }
    return safe;
}

struct Case {
    std::string group;
    std::string name;
    Verdict verdict{Verdict::pass};
    std::string message;
    std::string text;
};

// A check with several findings is one case: its worst verdict, all its sentences.
Case case_of(CheckKind const& kind, std::vector<Finding> const& findings) {
    Case result{.group = "checks", .name = std::string(kind.name)};
    for (Finding const& finding : findings) {
        if (finding.check != kind.name) continue;
        result.verdict = std::max(result.verdict, finding.verdict);
        if (result.message.empty()) result.message = finding.sentence;
        result.text += finding.sentence + '\n';
        for (std::string const& proof : finding.proof) result.text += "  " + proof + '\n';
    }
    return result;
}

Case end_of_run(record::Record const& record) {
    Case result{.group = "run", .name = "came to its end"};
    if (!record.ended)
        result.verdict = Verdict::error;
    else if (record.ended->reason != record::EndReason::completed)
        result.verdict =
            record.ended->reason == record::EndReason::error ? Verdict::error : Verdict::aborted;
    result.message = record.ended ? record.ended->detail : "the controller was killed";
    return result;
}

std::vector<Case> cases_of(record::Record const& record, Judgement const& judgement) {
    std::vector<Case> cases{end_of_run(record)};
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
    return cases;
}

std::string_view element_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "";
        case Verdict::inconclusive:
            return "skipped";
        case Verdict::fail:
            return "failure";
        default:
            return "error";
    }
}

std::string render(record::Record const& record, Judgement const& judgement) {
    auto const cases = cases_of(record, judgement);
    std::string body;
    int failures = 0;
    int errors = 0;
    int skipped = 0;
    for (Case const& one : cases) {
        std::string_view const element = element_of(one.verdict);
        failures += element == "failure" ? 1 : 0;
        errors += element == "error" ? 1 : 0;
        skipped += element == "skipped" ? 1 : 0;
        body += fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\"",
                            xml(record.run.scenario), one.group, xml(one.name));
        if (element.empty())
            body += "/>\n";
        else
            body +=
                fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n", element,
                            xml(one.message), xml(one.text.empty() ? one.message : one.text));
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\" timestamp=\"{}\">\n"
        "    <properties>\n      <property name=\"verdict\" value=\"{}\"/>\n"
        "      <property name=\"seed\" value=\"{}\"/>\n"
        "      <property name=\"cluster\" value=\"{}\"/>\n"
        "      <property name=\"again\" value=\"{}\"/>\n    </properties>\n"
        "{}    <system-out>{}: {}</system-out>\n  </testsuite>\n</testsuites>\n",
        xml(record.run.scenario), cases.size(), failures, errors, skipped,
        static_cast<double>(end_of(record).count()) / 1e9,
        // Without the fraction and the Z: what the schema of Jenkins and GitLab accepts.
        format_wall(Duration(record.run.wall_start_ns)).substr(0, 19),
        verdict_word(judgement.verdict), record.run.seed, xml(record.run.cluster),
        xml(record.run.again), body, verdict_word(judgement.verdict), xml(judgement.because));
}

RegisterFormat const registered{{.name = "junit",
                                 .summary = "a test case for each expectation and check, for CI",
                                 .file = "junit.xml",
                                 .render = render}};

}  // namespace
}  // namespace interregnum
