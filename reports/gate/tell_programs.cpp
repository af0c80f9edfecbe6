// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/gate/tell.h"
#include "reports/judge.h"
#include "reports/junit_text.h"

namespace interregnum {
namespace {

using Json = nlohmann::ordered_json;

// Raised when a reader of the old shape could misread the new.
constexpr int gate_schema = 1;

Json json_of(GateRun const& run) {
    return {{"folder", run.folder},           {"seed", run.summary.seed},
            {"started", run.summary.started}, {"verdict", verdict_key(run.summary.verdict)},
            {"because", run.summary.because}, {"not_undone", run.not_undone}};
}

Json json_of(CutOffPlay const& play) { return {{"folder", play.folder}, {"why", play.why}}; }

Json json_of(WeighedDrill const& drill) {
    Json runs = Json::array();
    for (GateRun const& run : drill.drill->runs) runs.push_back(json_of(run));
    Json cut_off = Json::array();
    for (CutOffPlay const& play : drill.drill->cut_off) cut_off.push_back(json_of(play));
    Json thresholds = Json::array();
    for (WeighedThreshold const& one : drill.thresholds)
        thresholds.push_back({{"measure", one.threshold.limit.measure},
                              {"statistic", to_string(one.threshold.statistic)},
                              {"limit", one.limit},
                              {"measured", one.value},
                              {"verdict", verdict_key(one.verdict)}});
    return {{"scenario", drill.drill->scenario},     {"title", drill.drill->title},
            {"repeats", drill.drill->repeats},       {"verdict", verdict_key(drill.verdict)},
            {"not_played", drill.drill->not_played}, {"runs", std::move(runs)},
            {"cut_off", std::move(cut_off)},         {"thresholds", std::move(thresholds)}};
}

Json json_of(GateFinding const& finding) {
    return {{"item", finding.item},     {"severity", finding.severity},
            {"found", finding.found},   {"consequence", finding.consequence},
            {"remedy", finding.remedy}, {"forbids", finding.forbids}};
}

JunitCase preflight_case(GateFacts const& facts) {
    JunitCase made{.group = "preflight", .name = "fit for production"};
    for (GateFinding const& finding : facts.findings) {
        if (!finding.forbids) continue;
        made.verdict = Verdict::fail;
        if (made.message.empty()) made.message = fmt::format("{}: {}", finding.item, finding.found);
        made.text += fmt::format("{}: {}\n  {}\n  {}\n", finding.item, finding.found,
                                 finding.consequence, finding.remedy);
    }
    if (made.verdict == Verdict::pass &&
        !(facts.not_looked.empty() && facts.cannot_drill.empty())) {
        made.verdict = Verdict::inconclusive;
        made.message = facts.not_looked;
        for (std::string const& why : facts.cannot_drill)
            made.message += (made.message.empty() ? "" : "; ") + why;
    }
    return made;
}

void add_drill(WeighedDrill const& drill, std::vector<JunitCase>& cases) {
    std::string const group = drill.drill->scenario;
    for (GateRun const& run : drill.drill->runs)
        cases.push_back({.group = group,
                         .name = fmt::format("seed {}", run.summary.seed),
                         .verdict = run.not_undone ? Verdict::error : run.summary.verdict,
                         .message = run.summary.because});
    if (!drill.drill->not_played.empty())
        cases.push_back({.group = group,
                         .name = "played as often as asked",
                         .verdict = drill.drill->no_time && is_proved(*drill.drill)
                                        ? Verdict::pass
                                        : Verdict::inconclusive,
                         .message = drill.drill->not_played});
    if (int const nights = drill.drill->inconclusive_nights; nights > 0)
        cases.push_back({.group = group,
                         .name = "proved something lately",
                         .verdict = Verdict::fail,
                         .message = fmt::format("inconclusive for {} nights running", nights)});
    for (WeighedThreshold const& one : drill.thresholds)
        cases.push_back({.group = group,
                         .name = fmt::format("{} {}", one.name, one.limit),
                         .verdict = one.verdict,
                         .message = one.value});
}

}  // namespace

std::string gate_json(GateFacts const& facts, WeighedGate const& gate) {
    Json reasons = Json::array();
    for (GateReason const& reason : gate.reasons)
        reasons.push_back(
            {{"decision", decision_key(reason.decision)}, {"sentence", reason.sentence}});
    Json drills = Json::array();
    for (WeighedDrill const& drill : gate.drills) drills.push_back(json_of(drill));
    Json findings = Json::array();
    for (GateFinding const& finding : facts.findings) findings.push_back(json_of(finding));
    Json manual = Json::array();
    for (ManualItem const& item : facts.manual)
        manual.push_back({{"id", item.id}, {"text", item.text}, {"by", item.by}, {"at", item.at}});
    Json const json{{"schema", gate_schema},
                    {"suite", facts.suite},
                    {"title", facts.title},
                    {"cluster", facts.cluster},
                    {"environment", facts.environment},
                    {"version", facts.version},
                    {"began", facts.began},
                    {"ended", facts.ended},
                    {"first_seed", facts.first_seed},
                    {"decision", decision_key(gate.decision)},
                    {"because", gate.because},
                    {"not_undone", gate.not_undone},
                    {"harness_broke", gate.harness_broke},
                    {"interrupted", facts.interrupted},
                    {"unfinished", facts.unfinished},
                    {"resumed", facts.resumed},
                    {"shard", facts.shard},
                    {"elsewhere", facts.elsewhere},
                    {"reasons", std::move(reasons)},
                    {"drills", std::move(drills)},
                    {"preflight",
                     {{"not_looked", facts.not_looked},
                      {"cannot_drill", facts.cannot_drill},
                      {"findings", std::move(findings)},
                      {"not_known", facts.not_known}}},
                    {"manual", std::move(manual)},
                    {"not_in_suite", facts.not_in_suite},
                    {"troubles", facts.troubles}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string gate_junit(GateFacts const& facts, WeighedGate const& gate) {
    std::vector<JunitCase> cases{preflight_case(facts)};
    for (WeighedDrill const& drill : gate.drills) add_drill(drill, cases);
    for (ManualItem const& item : facts.manual)
        cases.push_back({.group = "manual",
                         .name = item.id,
                         .verdict = item.by.empty() ? Verdict::inconclusive : Verdict::pass,
                         .message = item.by.empty() ? "open: " + item.text : item.by});
    for (std::string const& trouble : facts.troubles)
        cases.push_back({.group = "gate",
                         .name = "the harness",
                         .verdict = Verdict::error,
                         .message = trouble});
    return junit_text({.name = facts.suite,
                       .began = facts.began,
                       .properties = {{"decision", std::string(decision_key(gate.decision))},
                                      {"cluster", facts.cluster},
                                      {"first_seed", std::to_string(facts.first_seed)}},
                       .cases = std::move(cases),
                       .out = gate.because});
}

}  // namespace interregnum
