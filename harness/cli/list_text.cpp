// SPDX-License-Identifier: MIT
#include "harness/cli/list_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/check.h"
#include "harness/fault.h"
#include "harness/format.h"
#include "harness/measure.h"
#include "harness/probe.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/suite.h"

namespace interregnum {

namespace {

std::string_view type_text(OptionType type) {
    switch (type) {
        case OptionType::text:
            return "text";
        case OptionType::integer:
            return "number";
        case OptionType::flag:
            return "true/false";
        case OptionType::duration:
            return "duration";
        case OptionType::rate:
            return "rate";
        case OptionType::bytes:
            return "size";
        case OptionType::role:
            return "role";
        case OptionType::words:
            return "list of words";
    }
    return "";
}

/// "    for        duration = 45s   how long it stays off"
std::string option_line(OptionSpec const& spec, std::size_t name_width) {
    std::string value(type_text(spec.type));
    if (spec.required) value += ", required";
    if (!spec.fallback.empty()) value += fmt::format(" = {}", spec.fallback);
    std::string line =
        fmt::format("    {:<{}}  {:<16}  {}", spec.name, name_width, value, spec.doc);
    if (!spec.choices.empty()) line += fmt::format(" ({})", fmt::join(spec.choices, ", "));
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string options_text(std::vector<OptionSpec> const& options) {
    std::size_t width = 0;
    for (OptionSpec const& spec : options) width = std::max(width, spec.name.size());
    std::string text;
    for (OptionSpec const& spec : options)
        if (!spec.doc.empty()) text += option_line(spec, width);
    return text;
}

/// Name and summary of each kind, one a line, with what `more` adds below it.
template <class Kind, class More>
std::string kinds_text(More more) {
    std::size_t width = 0;
    for (Kind const* kind : Registry<Kind>::all()) width = std::max(width, kind->name.size());
    std::string text;
    for (Kind const* kind : Registry<Kind>::all()) {
        text += fmt::format("{:<{}}  {}\n", kind->name, width, kind->summary);
        text += more(*kind);
    }
    return text;
}

template <class Kind>
std::string nothing_more(Kind const& /*kind*/) {
    return "";
}

std::string faults_text() {
    return kinds_text<FaultKind>(
        [](FaultKind const& fault) { return options_text(fault.options); });
}

std::string probes_text() {
    return kinds_text<ProbeKind>([](ProbeKind const& probe) {
        std::string_view const role = probe.role == ProbeKind::Role::observer
                                          ? "observer; always runs"
                                      : probe.by_default ? "customer; runs by default"
                                                         : "customer; runs when named";
        return fmt::format("    ({})\n{}", role, options_text(probe.options));
    });
}

std::string_view unit_text(Unit unit) {
    switch (unit) {
        case Unit::duration:
            return "duration";
        case Unit::count:
            return "count";
        case Unit::bytes:
            return "size";
    }
    return "";
}

std::string measures_text() {
    std::size_t width = 0;
    for (MeasureKind const* kind : Registry<MeasureKind>::all())
        width = std::max(width, kind->name.size());
    std::string text;
    for (MeasureKind const* kind : Registry<MeasureKind>::all())
        text += fmt::format("{:<{}}  {:<8}  {}\n", kind->name, width, unit_text(kind->unit),
                            kind->summary);
    return text;
}

std::string checks_text() { return kinds_text<CheckKind>(nothing_more<CheckKind>); }
std::string formats_text() { return kinds_text<FormatKind>(nothing_more<FormatKind>); }

std::string all_scenarios_text() { return scenarios_text("").value_or(""); }

std::string suites_text() {
    std::string text;
    for (std::string const& name : shipped_suites()) {
        Mistakes mistakes;
        auto const path = find_suite(name);
        auto const suite = path ? load_suite(*path, mistakes) : std::unexpected(path.error());
        text += fmt::format("{}  {}\n", name, suite ? suite->title : suite.error().message);
        if (!suite) continue;
        for (SuiteDrill const& drill : suite->drills)
            text += fmt::format("    {} x {}\n", drill.repeats, drill.scenario.name);
    }
    return text;
}

constexpr std::array<std::pair<std::string_view, std::string (*)()>, 8> lists{
    {{"faults", faults_text},
     {"probes", probes_text},
     {"measures", measures_text},
     {"checks", checks_text},
     {"formats", formats_text},
     {"scenarios", all_scenarios_text},
     {"suites", suites_text},
     {"grants", grants_text}}};

}  // namespace

std::vector<std::string> const& list_names() {
    static std::vector<std::string> const names = [] {
        std::vector<std::string> made;
        made.reserve(lists.size());
        for (auto const& [name, text] : lists) made.emplace_back(name);
        return made;
    }();
    return names;
}

Result<std::string> scenarios_text(std::string const& tag) {
    auto const names =
        tag.empty() ? Result<std::vector<std::string>>(shipped_scenarios()) : shipped_with_tag(tag);
    if (!names) return std::unexpected(names.error());
    std::size_t width = 0;
    for (std::string const& name : *names) width = std::max(width, name.size());
    std::string text;
    for (std::string const& name : *names) {
        Mistakes mistakes;
        auto const path = find_scenario(name);
        auto const scenario =
            path ? load_scenario(*path, {}, {}, mistakes) : std::unexpected(path.error());
        text += fmt::format("{:<{}}  {}", name, width,
                            scenario ? scenario->title : scenario.error().message);
        if (scenario && !scenario->tags.empty())
            text += fmt::format("  [{}]", fmt::join(scenario->tags, ", "));
        text += '\n';
        if (scenario && !scenario->why.empty()) text += fmt::format("    {}\n", scenario->why);
    }
    return text;
}

std::string list_text(std::string_view what) {
    for (auto const& [name, text] : lists)
        if (name == what) return text();
    return "";
}

}  // namespace interregnum
