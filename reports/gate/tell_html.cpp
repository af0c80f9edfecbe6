// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "reports/gate/tell.h"
#include "reports/judge.h"
#include "reports/page/html_text.h"
#include "reports/page/tables.h"

namespace interregnum {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// The classes of the page's style are the words of verdicts.
std::string_view class_of(Decision decision) {
    switch (decision) {
        case Decision::go:
            return verdict_word(Verdict::pass);
        case Decision::no_go:
            return verdict_word(Verdict::fail);
        case Decision::undecided:
            break;
    }
    return verdict_word(Verdict::inconclusive);
}

std::string title_of(GateFacts const& facts) {
    return facts.shard.empty() ? facts.suite
                               : fmt::format("{}, shard {}", facts.suite, facts.shard);
}

std::string banner(GateFacts const& facts, WeighedGate const& gate) {
    return fmt::format(
        "<header class=\"{}\">\n<p class=\"verdict\">{}</p>\n<h1>{} <small>on {}</small></h1>\n"
        "<p class=\"title\">{}</p>\n<p class=\"because\">{}</p>\n</header>\n",
        class_of(gate.decision), decision_word(gate.decision), html(title_of(facts)),
        html(facts.cluster), html(facts.title), html(gate.because));
}

std::string reasons(WeighedGate const& gate) {
    std::string text;
    for (GateReason const& reason : gate.reasons)
        text += fmt::format("<li><span class=\"badge {}\">{}</span> {}</li>\n",
                            class_of(reason.decision), decision_word(reason.decision),
                            html(reason.sentence));
    return text.empty() ? "<p>Nothing speaks against it.</p>\n"
                        : "<ul class=\"findings\">\n" + text + "</ul>\n";
}

std::string thresholds_table(WeighedGate const& gate) {
    Rows rows;
    for (WeighedDrill const& drill : gate.drills)
        for (WeighedThreshold const& one : drill.thresholds)
            rows.push_back({html(drill.drill->scenario), html(one.name), html(one.value),
                            html(one.limit), verdict_badge(one.verdict)});
    return html_table("The numbers against the thresholds",
                      {"Drill", "Over its plays", "Measured", "Limit", "Verdict"}, rows);
}

std::string play_link(GateRun const& run) {
    std::string const seed = fmt::format("seed {}", run.summary.seed);
    if (run.folder.empty()) return seed;
    if (run.no_report)
        return fmt::format("{0}, no report: <a href=\"{1}/\">{1}</a>", seed, html(run.folder));
    return fmt::format("<a href=\"{}/report.html\">{}</a>", html(run.folder), seed);
}

std::string folder_link(std::string const& folder) {
    if (folder.empty()) return "no folder";
    return fmt::format("<a href=\"{0}/\">{0}</a>", html(folder));
}

std::string plays_table(WeighedGate const& gate) {
    Rows rows;
    for (WeighedDrill const& drill : gate.drills) {
        rows.push_back({html(drill.drill->scenario), html(drill.drill->title), html(drill.plays),
                        verdict_badge(drill.verdict)});
        for (GateRun const& run : drill.drill->runs)
            rows.push_back({"", play_link(run), html(run.summary.because),
                            verdict_badge(run.summary.verdict)});
        for (CutOffPlay const& play : drill.drill->cut_off)
            rows.push_back({"", folder_link(play.folder), html(play.why), "not counted"});
    }
    return html_table("What was played", {"Drill", "", "What came", "Verdict"}, rows);
}

std::string preflight_table(GateFacts const& facts) {
    Rows rows;
    for (GateFinding const& finding : facts.findings)
        rows.push_back({html(finding.item),
                        finding.forbids ? verdict_badge(Verdict::fail) : html(finding.severity),
                        html(finding.found), html(finding.consequence), html(finding.remedy)});
    for (std::string const& why : facts.not_known) rows.push_back({"", "not known", html(why)});
    for (std::string const& why : facts.cannot_drill)
        rows.push_back({"", "cannot be drilled", html(why)});
    if (!facts.not_looked.empty()) return "<p>Not made: " + html(facts.not_looked) + ".</p>\n";
    return html_table("What a look at the cluster found",
                      {"Item", "Severity", "Found", "Consequence", "Remedy"}, rows);
}

std::string manual_table(GateFacts const& facts) {
    Rows rows;
    for (ManualItem const& item : facts.manual)
        rows.push_back({html(item.text), item.by.empty() ? "open" : html(item.by), html(item.at)});
    return html_table("Done by people", {"Item", "Who", "When"}, rows);
}

std::string not_tested(GateFacts const& facts, WeighedGate const& gate) {
    std::string text;
    for (WeighedDrill const& drill : gate.drills)
        if (!drill.drill->not_played.empty())
            text += fmt::format("<li>{}: {}</li>\n", html(drill.drill->scenario),
                                html(drill.drill->not_played));
    for (std::string const& scenario : facts.elsewhere)
        text += fmt::format("<li>{}</li>\n", html(scenario));
    for (std::string const& scenario : facts.not_in_suite)
        text += fmt::format("<li>{} (not in this suite)</li>\n", html(scenario));
    return text.empty() ? "<p>Every scenario that ships was played.</p>\n"
                        : "<ul>\n" + text + "</ul>\n";
}

std::string signatures() {
    std::string const line = "&nbsp;";
    return html_table("Signed", {"Name", "Go or no-go", "Date, signature"},
                      {{line, line, line}, {line, line, line}, {line, line, line}});
}

std::string about(GateFacts const& facts) {
    Rows rows{{"Began", html(facts.began)}};
    for (std::string const& at : facts.resumed) rows.push_back({"Gone on with", html(at)});
    rows.push_back({facts.interrupted ? "Interrupted" : "Ended", html(facts.ended)});
    rows.push_back({"Cluster", html(facts.cluster +
                                    (facts.environment.empty() ? "" : ", " + facts.environment))});
    if (!facts.shard.empty())
        rows.push_back({"Shard", html(facts.shard + ": the decision is about its drills alone")});
    rows.push_back({"First seed", std::to_string(facts.first_seed)});
    rows.push_back({"Version", html(facts.version)});
    return html_table("This gate", {}, rows);
}

}  // namespace

std::string gate_html(GateFacts const& facts, WeighedGate const& gate) {
    return html_head(fmt::format("{}: gate {} on {}", decision_word(gate.decision), title_of(facts),
                                 facts.cluster)) +
           "<body>\n" + banner(facts, gate) + "<main>\n<section><h2>Why</h2>\n" + reasons(gate) +
           thresholds_table(gate) + "</section>\n<section><h2>What was tested</h2>\n" +
           plays_table(gate) + manual_table(facts) +
           "</section>\n<section><h2>What was not tested</h2>\n" + not_tested(facts, gate) +
           "</section>\n<section><h2>Preflight, and the risks left</h2>\n" +
           preflight_table(facts) + "</section>\n<section>" + about(facts) + signatures() +
           "</section>\n</main>\n</body>\n</html>\n";
}

}  // namespace interregnum
