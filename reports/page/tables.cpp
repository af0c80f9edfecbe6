// SPDX-License-Identifier: MIT
#include "reports/page/tables.h"

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/measure.h"
#include "harness/record/names.h"
#include "reports/attempt_text.h"
#include "reports/certificate.h"
#include "reports/expected.h"
#include "reports/judge.h"
#include "reports/measures/downtime.h"
#include "reports/measures/phases.h"
#include "reports/page/chart_data.h"
#include "reports/page/html_text.h"

namespace interregnum {
namespace {

using Rows = std::vector<std::vector<std::string>>;

}  // namespace

std::string verdict_badge(Verdict verdict) {
    std::string_view const word = verdict_word(verdict);
    return fmt::format("<span class=\"badge {0}\">{0}</span>", word);
}

std::string expectations_table(Judgement const& judgement) {
    Rows rows;
    for (Judged const& judged : judgement.expectations)
        rows.push_back({html(judged.expectation.text) +
                            (judged.expectation.by_default ? " <small>(by default)</small>" : ""),
                        html(judged.sentence), verdict_badge(judged.verdict)});
    return html_table("What was expected", {"Expected", "Measured", "Verdict"}, rows);
}

std::string findings_list(record::Record const& record, Judgement const& judgement) {
    std::string text;
    for (Finding const& finding : judgement.findings) {
        text += fmt::format("<li>{} <b>{}</b>: {}", verdict_badge(finding.verdict),
                            html(finding.check), html(finding.sentence));
        if (!finding.proof.empty()) {
            text += "<pre>";
            for (std::string const& proof : finding.proof) text += html(proof) + '\n';
            text += "</pre>";
        }
        text += "</li>\n";
    }
    for (record::Note const& note : record.notes)
        text += fmt::format("<li><span class=\"badge\">note</span> {}</li>\n", html(note.text));
    for (std::string const& note : record.run.notes)
        text += fmt::format("<li><span class=\"badge\">note</span> {}</li>\n", html(note));
    if (text.empty()) return "<p>Every check looked, and found nothing wrong.</p>\n";
    return "<ul class=\"findings\">\n" + text + "</ul>\n";
}

std::string phases_table(Study const& study) {
    Rows rows;
    for (Phase const& phase : study.of<phases_of>())
        rows.push_back({html(phase.name), html(show(phase.span, Unit::duration))});
    return html_table("Phases: from the begin of the outage to its end, and until redundant again",
                      {"Phase", "Length (with its error)"}, rows);
}

std::string paths_table(Study const& study) {
    Rows rows;
    for (Path const& path : study.of<paths_of>())
        rows.push_back({fmt::format("{} via {}", html(path.stream.probe), html(path.stream.entry)),
                        std::string(record::to_string(path.stream.connection)),
                        format_count(path.attempts), format_count(path.ok),
                        format_count(path.failed + path.said_no), format_count(path.unknown),
                        html(show(path.downtime(), Unit::duration)),
                        format_count(static_cast<std::int64_t>(path.outages.size()))});
    return html_table("Every path",
                      {"Customers", "Connection", "Attempts", "ok", "failed", "unknown",
                       "Down (bounds)", "Outages"},
                      rows);
}

std::string measures_table(Judgement const& judgement) {
    Rows rows;
    std::string unknown;
    for (MeasureKind const* kind : Registry<MeasureKind>::all()) {
        auto const found = judgement.measures.find(kind->name);
        if (found == judgement.measures.end()) continue;
        if (found->second.known)
            rows.push_back(
                {html(kind->name), html(show(found->second, kind->unit)), html(kind->summary)});
        else
            unknown += (unknown.empty() ? "" : ", ") + html(kind->name);
    }
    if (!unknown.empty()) rows.push_back({"not known", "", unknown});
    return html_table("Every measure", {"Measure", "Value", "What it counts"}, rows);
}

std::string nodes_table(record::Record const& record) {
    Rows rows;
    for (NodeCertificate const& node : certificates_of(record)) {
        using State = NodeCertificate::State;
        std::string differences;
        for (std::string const& line : node.differences) differences += html(line) + "<br>";
        rows.push_back({html(node.node),
                        node.state == State::clean               ? "as before"
                        : node.state == State::changed           ? "<b>changed</b>"
                        : node.state == State::changed_meanwhile ? "changed meanwhile"
                        : node.state == State::gone              ? "gone"
                                                                 : "not compared",
                        differences});
    }
    return html_table("Clean certificate: each node compared with itself before the drill",
                      {"Node", "State", "Differences"}, rows);
}

std::string marks_table(record::Record const& record) {
    Rows rows;
    std::size_t number = 0;
    for (Mark const& mark : marks_of(record))
        rows.push_back({fmt::format("<span class=\"mark {}\">{}</span>", mark.kind, ++number),
                        show_instant(mark.at), html(mark.text)});
    return html_table("What happened", {"Mark", "At", "What"}, rows);
}

}  // namespace interregnum
