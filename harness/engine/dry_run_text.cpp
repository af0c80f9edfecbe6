// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/base/shell_quote.h"
#include "harness/base/units.h"
#include "harness/engine/dry_run.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

/// As `Hands` runs it: `@interregnum` stands for this program.
std::vector<std::string> shown_argv(FaultCommand const& command) {
    std::vector<std::string> argv = command.argv;
    if (!argv.empty() && argv[0] == "@interregnum") argv[0] = "interregnum";
    return argv;
}

std::string indented(std::string_view script) {
    std::string text;
    while (!script.empty()) {
        std::size_t const end = script.find('\n');
        std::string_view const line = script.substr(0, end);
        script.remove_prefix(end == std::string_view::npos ? script.size() : end + 1);
        if (!line.empty()) text += fmt::format("            | {}\n", line);
    }
    return text;
}

/// One command, quoted so that a shell could be given it; a script of several lines goes below.
std::string command_text(std::string_view what, FaultCommand const& command) {
    std::vector<std::string> const argv = shown_argv(command);
    std::string line;
    std::string script;
    for (std::size_t index = 0; index < argv.size(); ++index) {
        bool const is_script = index == 2 && argv[0] == "sh" && argv[1] == "-c" &&
                               argv[index].find('\n') != std::string::npos;
        if (is_script) script = argv[index];
        line += fmt::format("{}{}", index == 0 ? "" : " ",
                            is_script ? "SCRIPT" : shell_quote(argv[index]));
    }
    if (!command.input.empty()) {
        line += " <INPUT";
        script += command.input;
    }
    return fmt::format("     {:<8}{}: {}  (at most {})\n{}", what,
                       command.node.empty() ? "the controller" : command.node, line,
                       format_duration(command.timeout), indented(script));
}

std::string_view relation_text(Evidence::Relation relation) {
    switch (relation) {
        case Evidence::Relation::changed:
            return "prints something else than before";
        case Evidence::Relation::silent:
            return "gets no answer";
        case Evidence::Relation::succeeds:
            return "ends with 0, and did not before";
    }
    return "";
}

std::string armed_text(RehearsedStep const& one, FaultStep const& fault) {
    switch (one.plan->self_heal) {
        case SelfHeal::controller:
            return "nothing on the nodes: the undo is promised in the journal, `interregnum heal` "
                   "keeps it";
        case SelfHeal::by_itself:
            if (one.armed.empty()) return "nothing: it ends by itself";
            break;
        case SelfHeal::node:
            if (one.armed.empty()) return "nothing: there is nothing to undo on the nodes";
            break;
    }
    return fmt::format(
        "{}: inject, undo and a watcher in /run/interregnum/{}; undone there {} after the last "
        "renewal",
        fmt::join(one.armed, ", "), one.id, format_duration(fault.lease));
}

std::string plan_text_of(RehearsedStep const& one, FaultStep const& fault) {
    FaultPlan const& plan = *one.plan;
    std::string text = fmt::format("     targets {}\n", fmt::join(one.targets, ", "));
    for (std::string const& objection : one.objections)
        text += fmt::format("     REFUSED {}\n", objection);
    text += fmt::format("     does    {}\n", plan.summary);
    text += fmt::format("     waits   {} first (drawn from the seed, up to {})\n",
                        format_seconds(one.wait), format_duration(one.wait_limit));
    text += fmt::format("     holds   {}{}\n",
                        plan.hold.count() > 0 ? format_duration(plan.hold) + ", then it is undone"
                                              : "no longer than its proof takes",
                        fault.with_next ? "; the next step begins meanwhile" : "");
    if (!plan.nodes_lost.empty())
        text += fmt::format("     loses   {} for as long\n", fmt::join(plan.nodes_lost, ", "));
    text += fmt::format("     arms    {}\n", armed_text(one, fault));
    for (FaultCommand const& command : plan.inject) text += command_text("inject", command);
    for (Evidence const& evidence : plan.evidence) {
        text += fmt::format("     proof   {}: within {} this {}\n", evidence.what,
                            format_duration(evidence.within), relation_text(evidence.relation));
        text += command_text("", evidence.command);
    }
    for (FaultCommand const& command : plan.renew) text += command_text("renew", command);
    for (FaultCommand const& command : plan.undo) text += command_text("undo", command);
    if (plan.undo.empty()) text += "     undo    nothing to undo\n";
    return text;
}

std::string_view relation_name(Evidence::Relation relation) {
    switch (relation) {
        case Evidence::Relation::changed:
            return "changed";
        case Evidence::Relation::silent:
            return "silent";
        case Evidence::Relation::succeeds:
            return "succeeds";
    }
    return "";
}

Json json_of(FaultCommand const& command) {
    return {{"node", command.node},
            {"argv", shown_argv(command)},
            {"input", command.input},
            {"timeout", format_duration(command.timeout)}};
}

Json json_of(std::vector<FaultCommand> const& commands) {
    Json list = Json::array();
    for (FaultCommand const& command : commands) list.push_back(json_of(command));
    return list;
}

void add_plan(Json& json, RehearsedStep const& one, FaultStep const& fault) {
    json["targets"] = one.targets;
    json["wait"] = format_duration(one.wait);
    json["lease"] = format_duration(fault.lease);
    json["with_next"] = fault.with_next;
    if (!one.problem.empty()) json["problem"] = one.problem;
    if (one.targets.empty()) json["problem"] = "nobody has that role now";
    if (!one.plan) return;
    FaultPlan const& plan = *one.plan;
    json["objections"] = one.objections;
    json["summary"] = plan.summary;
    json["hold"] = format_duration(plan.hold);
    json["nodes_lost"] = plan.nodes_lost;
    json["armed"] = one.armed;
    json["inject"] = json_of(plan.inject);
    json["evidence"] = Json::array();
    for (Evidence const& evidence : plan.evidence)
        json["evidence"].push_back({{"what", evidence.what},
                                    {"relation", relation_name(evidence.relation)},
                                    {"within", format_duration(evidence.within)},
                                    {"command", json_of(evidence.command)}});
    json["renew"] = json_of(plan.renew);
    json["undo"] = json_of(plan.undo);
}

/// What the run would be held to now. What every scenario demands anyway is left out.
std::string expected_text(InForce const& expected) {
    std::string text;
    if (!expected.why.empty()) text += fmt::format("  why     {}\n", expected.why);
    for (record::Expectation const& one : expected.expectations)
        if (!one.by_default) text += fmt::format("  expect  {}\n", one.text);
    if (!expected.by_design.empty())
        text += fmt::format("  expect  down by design: {}\n", expected.by_design);
    if (!expected.note.empty()) text += fmt::format("          {}\n", expected.note);
    return text;
}

Json json_of(InForce const& expected) {
    Json json{{"expect", Json::array()},
              {"by_design", expected.by_design},
              {"why", expected.why},
              {"note", expected.note}};
    for (record::Expectation const& one : expected.expectations) json["expect"].push_back(one.text);
    return json;
}

}  // namespace

std::string dry_run_text(DryRun const& run) {
    std::string text = fmt::format("{} on {} (seed {}): dry run, nothing is touched\n",
                                   run.scenario->name, run.cluster, run.seed);
    text += fmt::format("  {} of customers alone first, {} at the end\n",
                        format_duration(run.scenario->steady_before),
                        format_duration(run.scenario->steady_after));
    text += expected_text(run.expected);
    for (std::size_t index = 0; index < run.steps.size(); ++index) {
        RehearsedStep const& one = run.steps[index];
        text += fmt::format("  {:>2} {}\n", index + 1, one.step->text);
        auto const* fault = std::get_if<FaultStep>(&one.step->what);
        if (fault == nullptr) continue;
        if (one.plan)
            text += plan_text_of(one, *fault);
        else
            text += fmt::format("     NOT POSSIBLE: {}\n",
                                one.problem.empty() ? "nobody has that role now" : one.problem);
    }
    return text + "Roles are resolved again when a step fires; the names above are those of now.\n";
}

std::string dry_run_json(DryRun const& run) {
    Json json{{"scenario", run.scenario->name},
              {"cluster", run.cluster},
              {"seed", run.seed},
              {"expected", json_of(run.expected)},
              {"steps", Json::array()}};
    for (RehearsedStep const& one : run.steps) {
        Json step{{"text", one.step->text}};
        if (auto const* fault = std::get_if<FaultStep>(&one.step->what)) {
            step["fault"] = fault->kind->name;
            add_plan(step, one, *fault);
        }
        json["steps"].push_back(std::move(step));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace interregnum
