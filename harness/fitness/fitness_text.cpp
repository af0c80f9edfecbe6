// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/fitness/fitness.h"

namespace interregnum {

namespace {

using Json = nlohmann::ordered_json;

struct AreaCount {
    std::string_view name;
    std::size_t items{};
    std::size_t stop{};
    std::size_t warn{};
    std::size_t note{};
    std::size_t not_known{};
};

std::string_view area_of(std::string_view item) { return item.substr(0, item.find('.')); }

std::vector<AreaCount> count_areas(Fitness const& fitness) {
    std::vector<AreaCount> areas;
    for (JudgedItem const& item : fitness.items) {
        std::string_view const name = area_of(item.name);
        if (areas.empty() || areas.back().name != name) areas.push_back({.name = name});
        AreaCount& area = areas.back();
        ++area.items;
        area.not_known += item.result.not_known().empty() ? 0U : 1U;
        for (FitnessFinding const& one : item.result.findings())
            ++(one.severity == Severity::stop   ? area.stop
               : one.severity == Severity::warn ? area.warn
                                                : area.note);
    }
    return areas;
}

/// What is said alike of several nodes, once: "db1: x" and "db2: x" are "db1, db2: x".
std::vector<std::string> merged(std::vector<std::string> const& texts) {
    std::vector<std::pair<std::string, std::string>> groups;  // what is said, and of whom
    for (std::string const& text : texts) {
        std::size_t const colon = text.find(": ");
        std::string const who = colon == std::string::npos ? "" : text.substr(0, colon);
        std::string const what = colon == std::string::npos ? text : text.substr(colon);
        auto const same =
            std::ranges::find(groups, what, &std::pair<std::string, std::string>::first);
        if (same == groups.end())
            groups.emplace_back(what, who);
        else
            same->second += ", " + who;
    }
    std::vector<std::string> said;
    for (auto const& [what, who] : groups) said.push_back(who + what);
    return said;
}

std::string finding_text(Severity severity, JudgedItem const& item) {
    std::string text;
    auto const& findings = item.result.findings();
    std::vector<bool> told(findings.size());
    for (std::size_t first = 0; first < findings.size(); ++first) {
        FitnessFinding const& one = findings[first];
        if (told[first] || one.severity != severity) continue;
        std::vector<std::string> alike;
        for (std::size_t other = first; other < findings.size(); ++other) {
            if (findings[other].severity != severity ||
                findings[other].consequence != one.consequence ||
                findings[other].remedy != one.remedy)
                continue;
            told[other] = true;
            alike.push_back(findings[other].found);
        }
        for (std::string const& found : merged(alike))
            text += fmt::format("  {} {}: {}\n", to_string(severity), item.name, found);
        text += fmt::format("       so: {}\n       do: {}\n", one.consequence, one.remedy);
    }
    return text;
}

std::string findings_text(Fitness const& fitness) {
    std::string text;
    for (Severity const severity : {Severity::stop, Severity::warn, Severity::note})
        for (JudgedItem const& item : fitness.items) text += finding_text(severity, item);
    for (JudgedItem const& item : fitness.items)
        for (std::string const& why : merged(item.result.not_known()))
            text += fmt::format("  ?    {}: not known: {}\n", item.name, why);
    return text;
}

std::string area_text(AreaCount const& area) {
    std::string text =
        fmt::format("  {:<11} {} looked at", area.name,
                    area.items == 1 ? "1 item" : std::to_string(area.items) + " items");
    for (auto const& [count, word] :
         {std::pair{area.stop, "stop"}, {area.warn, "warn"}, {area.note, "note"}})
        if (count > 0) text += fmt::format(", {} {}", count, word);
    if (area.stop + area.warn + area.note + area.not_known == 0) text += ", all good";
    if (area.not_known > 0) text += fmt::format(", {} not known", area.not_known);
    return text + "\n";
}

}  // namespace

std::string fitness_text(Fitness const& fitness, std::string_view cluster) {
    if (fitness.items.empty()) return "";
    std::string text = "fit for production?\n" + findings_text(fitness);
    for (AreaCount const& area : count_areas(fitness)) text += area_text(area);
    std::string const rest =
        fmt::format("{} warnings, {} notes, {} not known", fitness.count(Severity::warn),
                    fitness.count(Severity::note), fitness.not_known());
    if (fitness.fit())
        return text +
               fmt::format("FIT FOR PRODUCTION: nothing of {} says stop; {}\n", cluster, rest);
    std::vector<std::string_view> names;
    for (JudgedItem const& item : fitness.items)
        if (std::ranges::find(item.result.findings(), Severity::stop, &FitnessFinding::severity) !=
            item.result.findings().end())
            names.push_back(item.name);
    return text + fmt::format("NOT FIT FOR PRODUCTION: {} says stop at {}; {}\n", cluster,
                              fmt::join(names, ", "), rest);
}

std::string fitness_json(Fitness const& fitness) {
    Json json{{"looked", !fitness.items.empty()},
              {"fit", fitness.fit()},
              {"findings", Json::array()},
              {"not_known", Json::array()},
              {"areas", Json::object()}};
    for (JudgedItem const& item : fitness.items) {
        for (FitnessFinding const& one : item.result.findings())
            json["findings"].push_back({{"item", item.name},
                                        {"severity", to_string(one.severity)},
                                        {"found", one.found},
                                        {"consequence", one.consequence},
                                        {"remedy", one.remedy}});
        for (std::string const& why : item.result.not_known())
            json["not_known"].push_back({{"item", item.name}, {"why", why}});
    }
    for (AreaCount const& area : count_areas(fitness))
        json["areas"][std::string(area.name)] = {{"items", area.items},
                                                 {"stop", area.stop},
                                                 {"warn", area.warn},
                                                 {"note", area.note},
                                                 {"not_known", area.not_known}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace interregnum
