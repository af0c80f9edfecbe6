// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "reports/gate/tell.h"
#include "reports/judge.h"
#include "reports/statistics/numbers.h"
#include "reports/statistics/table.h"

namespace interregnum {
namespace {

std::vector<std::string> const heads{"what", "what came", "verdict"};

std::size_t count_of(GateFacts const& facts, std::string_view severity) {
    return static_cast<std::size_t>(
        std::ranges::count(facts.findings, severity, &GateFinding::severity));
}

std::vector<std::string> preflight_row(GateFacts const& facts) {
    if (!facts.not_looked.empty()) return {"preflight", "not made: " + facts.not_looked, ""};
    bool const forbidden = std::ranges::any_of(facts.findings, &GateFinding::forbids);
    Verdict const verdict = forbidden                    ? Verdict::fail
                            : facts.cannot_drill.empty() ? Verdict::pass
                                                         : Verdict::inconclusive;
    return {"preflight",
            fmt::format("{} stop, {} warn, {} note, {} not known", count_of(facts, "stop"),
                        count_of(facts, "warn"), count_of(facts, "note"), facts.not_known.size()),
            std::string(verdict_word(verdict))};
}

}  // namespace

std::vector<std::vector<std::string>> gate_rows(GateFacts const& facts, WeighedGate const& gate) {
    std::vector<std::vector<std::string>> rows{preflight_row(facts)};
    for (WeighedDrill const& drill : gate.drills) {
        rows.push_back(
            {drill.drill->scenario, drill.plays, std::string(verdict_word(drill.verdict))});
        for (WeighedThreshold const& one : drill.thresholds)
            rows.push_back({"  " + one.name, fmt::format("{}, limit {}", one.value, one.limit),
                            std::string(verdict_word(one.verdict))});
    }
    for (ManualItem const& item : facts.manual)
        rows.push_back(
            {item.id,
             item.by.empty() ? fmt::format("open: {}", item.text)
                             : fmt::format("{}: {}, {}", item.text, item.by, item.at),
             std::string(verdict_word(item.by.empty() ? Verdict::inconclusive : Verdict::pass))});
    return rows;
}

std::vector<std::string> gate_risks(GateFacts const& facts) {
    std::vector<std::string> lines;
    for (GateFinding const& finding : facts.findings)
        if (!finding.forbids)
            lines.push_back(fmt::format("{} {}: {}; {}", finding.severity, finding.item,
                                        finding.found, finding.consequence));
    for (std::string const& why : facts.not_known) lines.push_back("not known: " + why);
    if (!facts.not_looked.empty()) lines.push_back("no preflight was made: " + facts.not_looked);
    for (GateDrill const& drill : facts.drills)
        if (drill.no_time && is_proved(drill))
            lines.push_back(fmt::format(
                "{}: {} of {} plays: the others could not have changed its numbers; whether one of "
                "them had lost an order is not known",
                drill.scenario, drill.runs.size(), drill.repeats));
    for (std::string const& scenario : facts.elsewhere)
        lines.push_back("decided elsewhere: " + scenario);
    for (std::string const& scenario : facts.not_in_suite)
        lines.push_back("not played by this suite: " + scenario);
    return lines;
}

std::string gate_text(GateFacts const& facts, WeighedGate const& gate) {
    std::string const title =
        fmt::format("gate {}{} on {} (first seed {})", facts.suite,
                    facts.shard.empty() ? "" : fmt::format(", shard {}", facts.shard),
                    facts.cluster, facts.first_seed);
    std::string text = fmt::format("{:<72} {}\n", title, decision_word(gate.decision));
    text += text_table(heads, gate_rows(facts, gate), "  ");
    for (GateReason const& reason : gate.reasons)
        text += fmt::format("  {}  {}\n", decision_word(reason.decision), reason.sentence);
    for (GateDrill const& drill : facts.drills)
        for (CutOffPlay const& play : drill.cut_off)
            text +=
                fmt::format("  not counted: {} {} ({})\n", drill.scenario, play.folder, play.why);
    if (auto const risks = gate_risks(facts); !risks.empty())
        text += fmt::format("  {} for who signs to know: on the page\n",
                            count_runs(risks.size(), "remaining risk"));
    return text;
}

std::string gate_markdown(GateFacts const& facts, WeighedGate const& gate) {
    std::string text = fmt::format(
        "# {}: gate {}{} on {}\n\n{}\n\n**{}**\n\n", decision_word(gate.decision),
        markdown_cell(facts.suite),
        facts.shard.empty() ? "" : fmt::format(", shard {}", facts.shard),
        markdown_cell(facts.cluster), markdown_cell(facts.title), markdown_cell(gate.because));
    text += markdown_table(heads, gate_rows(facts, gate)) + '\n';
    for (GateReason const& reason : gate.reasons)
        text += fmt::format("- {}: {}\n", decision_word(reason.decision),
                            markdown_cell(reason.sentence));
    for (GateDrill const& drill : facts.drills)
        for (CutOffPlay const& play : drill.cut_off)
            text += fmt::format("- not counted: {} {} ({})\n", markdown_cell(drill.scenario),
                                markdown_cell(play.folder), markdown_cell(play.why));
    auto const risks = gate_risks(facts);
    if (!risks.empty()) text += "\n## Not shown by this gate, and known risks\n\n";
    for (std::string const& risk : risks) text += "- " + markdown_cell(risk) + '\n';
    return text;
}

}  // namespace interregnum
