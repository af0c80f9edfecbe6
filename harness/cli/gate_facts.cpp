// SPDX-License-Identifier: MIT
#include "harness/cli/gate_facts.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"

namespace interregnum {

GateKind const& judge_of_gates() {
    GateKind const* const kind = Registry<GateKind>::find("default");
    if (kind == nullptr) {
        std::fputs("interregnum: built without a judge of gates\n", stderr);
        std::abort();
    }
    return *kind;
}

void add_preflight(Preflight const& found, Suite::Preflight asked, GateFacts& facts) {
    for (NodePreflight const& node : found.nodes) {
        if (node.fit()) continue;
        std::string const why = !node.unreachable.empty()  ? node.unreachable
                                : !node.no_consent.empty() ? node.no_consent
                                                           : "the login cannot be root there";
        facts.cannot_drill.push_back(fmt::format("{}: {}", node.node.name, why));
    }
    for (JudgedItem const& item : found.fitness.items) {
        for (FitnessFinding const& finding : item.result.findings()) {
            bool const forbids =
                finding.severity == Severity::stop ||
                (finding.severity == Severity::warn && asked == Suite::Preflight::warn);
            facts.findings.push_back({.item = std::string(item.name),
                                      .severity = std::string(to_string(finding.severity)),
                                      .found = finding.found,
                                      .consequence = finding.consequence,
                                      .remedy = finding.remedy,
                                      .forbids = forbids});
        }
        for (std::string const& why : item.result.not_known())
            facts.not_known.push_back(fmt::format("{}: {}", item.name, why));
    }
    auto const rank = [](GateFinding const& finding) {
        return finding.severity == "stop" ? 0 : finding.severity == "warn" ? 1 : 2;
    };
    std::ranges::stable_sort(facts.findings, {}, rank);
}

std::vector<std::string> left_out(Suite const& suite) {
    std::vector<std::string> left;
    for (std::string const& name : shipped_scenarios()) {
        if (std::ranges::any_of(
                suite.drills, [&](SuiteDrill const& drill) { return drill.scenario.name == name; }))
            continue;
        Mistakes ignored;
        auto const file = find_scenario(name);
        auto const scenario =
            file ? load_scenario(*file, {}, {}, ignored) : std::unexpected(file.error());
        left.push_back(scenario ? fmt::format("{}: {}", name, scenario->title) : name);
    }
    return left;
}

void keep_ticks(std::vector<ManualItem> const& ticked, std::vector<ManualItem>& items) {
    for (ManualItem const& one : ticked) {
        auto const item = std::ranges::find(items, one.id, &ManualItem::id);
        if (item == items.end()) continue;
        item->by = one.by;
        item->at = one.at;
    }
}

Status tick(std::vector<std::string> const& done, std::string const& at,
            std::vector<ManualItem>& items) {
    for (std::string const& text : done) {
        std::size_t const equals = text.find('=');
        std::string const id = text.substr(0, equals);
        std::string const by = equals == std::string::npos ? "" : text.substr(equals + 1);
        if (by.empty() || by.size() > 100 || std::ranges::any_of(by, [](char letter) {
                return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
            }))
            return fail(Error::Kind::invalid,
                        fmt::format("--done {}: expected an item of the suite and who says that "
                                    "it is done, such as 'restore-tested=Ada Lovelace'",
                                    in_quotes(text)));
        auto const item = std::ranges::find(items, id, &ManualItem::id);
        if (item == items.end()) {
            std::vector<std::string> names;
            for (ManualItem const& one : items) names.push_back(one.id);
            return fail(Error::Kind::not_found,
                        fmt::format("--done {}: the suite has no such manual item{}", in_quotes(id),
                                    names.empty()
                                        ? ""
                                        : fmt::format("{} (there are: {})", did_you_mean(id, names),
                                                      fmt::join(names, ", "))));
        }
        if (item->by == by) continue;
        // The page is signed by people: nobody's name gives way to another's unseen.
        if (!item->by.empty())
            return fail(Error::Kind::refused,
                        fmt::format("--done {}: {} has ticked that already ({}), and a gate's "
                                    "ticks stay; who takes it back begins a new gate",
                                    in_quotes(text), in_quotes(item->by), item->at));
        item->by = by;
        item->at = at;
    }
    return {};
}

std::vector<ManualItem> ticked_of(std::vector<ManualItem> const& items) {
    std::vector<ManualItem> ticked;
    std::ranges::copy_if(items, std::back_inserter(ticked),
                         [](ManualItem const& item) { return !item.by.empty(); });
    return ticked;
}

}  // namespace interregnum
