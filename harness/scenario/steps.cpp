// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/nearest.h"
#include "harness/base/units.h"
#include "harness/scenario/reading.h"
#include "harness/scenario/templates.h"

namespace interregnum {

namespace {

constexpr std::array<std::pair<Condition, std::string_view>, 4> conditions{
    {{Condition::writable, "writable"},
     {Condition::stable, "stable"},
     {Condition::redundant, "redundant"},
     {Condition::caught_up, "caught_up"}}};

}  // namespace

std::string_view to_string(Condition condition) {
    for (auto const& [known, name] : conditions)
        if (known == condition) return name;
    return "";
}

namespace reading {

namespace {

// Three renewals must fit into a lease over a slow link; and nobody waits longer to be healed.
constexpr Duration shortest_lease = std::chrono::seconds(3);
constexpr Duration longest_lease = std::chrono::minutes(5);

std::string const steps_expected =
    R"(a list of steps, such as [ { "fault": "node.crash", "target": "leader" } ])";

/// For people: the fault and what the file gives it, without what is left at its default.
std::string fault_text(ObjectReader& reader, FaultStep const& step) {
    std::string text(step.kind->name);
    for (OptionSpec const& spec : step.kind->options)
        if (reader.value(spec.name) != nullptr && step.options.has(spec.name))
            text += fmt::format(" {}={}", spec.name,
                                to_text(step.options.all().find(spec.name)->second));
    if (reader.value(lease_key) != nullptr)
        text += fmt::format(" {}={}", lease_key, format_duration(step.lease));
    if (step.random_wait)
        text += fmt::format(" {}={}", random_wait_key, format_duration(*step.random_wait));
    if (step.with_next) text += fmt::format(" {}", with_next_key);
    return text;
}

std::optional<Step> read_fault(ObjectReader& reader, std::vector<std::string> const* node_names) {
    FaultStep step{.kind = read_fault_kind(reader)};
    // The other keys mean nothing without it.
    if (step.kind == nullptr) return std::nullopt;
    step.options = reader.options(step.kind->options);
    for (OptionSpec const& spec : step.kind->options) {
        Value const* const value = reader.value(spec.name);
        if (spec.type == OptionType::role && value != nullptr && step.options.has(spec.name))
            check_roles(*value, reader.path_of(spec.name), node_names, reader.mistakes());
    }
    step.random_wait = reader.duration(random_wait_key);
    step.with_next = reader.flag(with_next_key).value_or(false);
    if (auto const lease = reader.duration(lease_key)) {
        step.lease = *lease;
        if (*lease < shortest_lease || *lease > longest_lease)
            reader.wrong(lease_key,
                         fmt::format("expected {} to {}, got {}", format_duration(shortest_lease),
                                     format_duration(longest_lease), format_duration(*lease)));
    }
    reader.finish();
    std::string text = fault_text(reader, step);
    return Step{.what = std::move(step), .text = std::move(text)};
}

std::optional<Step> read_await(ObjectReader& reader) {
    AwaitStep step;
    auto const name = reader.one_of("await", condition_names());
    if (auto const within = reader.duration(within_key)) step.within = *within;
    reader.finish();
    if (!name) return std::nullopt;
    for (auto const& [condition, known] : conditions)
        if (known == *name) step.condition = condition;
    return Step{.what = step,
                .text = fmt::format("await {} within {}", *name, format_duration(step.within))};
}

std::optional<Step> read_steady(ObjectReader& reader) {
    auto const span = reader.duration("steady");
    reader.finish();
    if (!span) return std::nullopt;
    return Step{.what = SteadyStep{*span}, .text = "steady " + format_duration(*span)};
}

std::optional<Step> read_heal(ObjectReader& reader) {
    auto const what = reader.one_of("heal", {"all"});
    reader.finish();
    if (!what) return std::nullopt;
    return Step{.what = HealStep{}, .text = "heal all"};
}

/// The key that says what kind of step it is, or "" with a mistake added.
std::string step_kind(Value const& value, ObjectReader& reader) {
    std::vector<std::string> found;
    for (std::string const& key : step_keys())
        if (value.find(key) != nullptr) found.push_back(key);
    if (found.size() == 1) return found.front();
    std::string const expected =
        fmt::format(R"(a step has one of the keys "{}")", fmt::join(step_keys(), R"(", ")"));
    if (found.size() > 1) {
        reader.wrong(found[1],
                     fmt::format(R"({}, got "{}" and "{}")", expected, found[0], found[1]));
        return "";
    }
    for (Member const& member : value.members) {
        std::string const hint = did_you_mean(member.key, step_keys());
        if (hint.empty()) continue;
        reader.mistakes().add(member.at, reader.path_of(member.key), "unknown key" + hint);
        return "";
    }
    reader.mistakes().add(value.at, reader.path(), expected + ", got none of them");
    return "";
}

std::optional<Step> read_any_step(Value const& value, std::string const& path,
                                  std::vector<std::string> const* node_names,
                                  FileMistakes& mistakes) {
    if (value.kind == Value::Kind::object) {
        if (value.find(for_each_key) != nullptr)
            return read_for_each(value, path, node_names, mistakes);
        if (value.find(chaos_key) != nullptr)
            return read_chaos_step(value, path, node_names, mistakes);
    }
    return read_step(value, path, node_names, mistakes);
}

}  // namespace

std::vector<std::string> const& condition_names() {
    static std::vector<std::string> const names = [] {
        std::vector<std::string> made;
        made.reserve(conditions.size());
        for (auto const& [condition, name] : conditions) made.emplace_back(name);
        return made;
    }();
    return names;
}

std::vector<std::string> const& step_keys() {
    static std::vector<std::string> const keys = {
        std::string(fault_key), "await", "steady", "heal", std::string(for_each_key),
        std::string(chaos_key)};
    return keys;
}

FaultKind const* read_fault_kind(ObjectReader& reader) {
    auto const name = reader.text(fault_key);
    if (!name) return nullptr;
    FaultKind const* const kind = Registry<FaultKind>::find(*name);
    if (kind != nullptr) return kind;
    std::vector<std::string> names;
    for (FaultKind const* known : Registry<FaultKind>::all()) names.emplace_back(known->name);
    std::string hint = did_you_mean(*name, names);
    if (hint.empty()) hint = fmt::format(" (there are: {})", fmt::join(names, ", "));
    reader.wrong(fault_key, fmt::format("unknown fault {}{}", in_quotes(*name), hint));
    return nullptr;
}

std::optional<Step> read_step(Value const& value, std::string const& path,
                              std::vector<std::string> const* node_names, FileMistakes& mistakes) {
    ObjectReader reader(value, path, mistakes);
    if (!reader.is_object()) return std::nullopt;
    std::string const kind = step_kind(value, reader);
    if (kind == fault_key) return read_fault(reader, node_names);
    if (kind == "await") return read_await(reader);
    if (kind == "steady") return read_steady(reader);
    if (kind == "heal") return read_heal(reader);
    if (kind == for_each_key || kind == chaos_key)
        reader.wrong(kind, "there can be no such step in here");
    return std::nullopt;
}

void check_with_next(std::vector<Step> const& steps, Value const& list, std::string const& path,
                     FileMistakes& mistakes) {
    for (std::size_t index = 0; index < steps.size(); ++index) {
        auto const* fault = std::get_if<FaultStep>(&steps[index].what);
        if (fault == nullptr || !fault->with_next) continue;
        bool const last = index + 1 == steps.size();
        if (!last && std::holds_alternative<FaultStep>(steps[index + 1].what)) continue;
        mistakes.add(list.items[index].at, join_path(join_path(path, index), with_next_key),
                     "the next step has to be a fault");
    }
}

void check_awaits(ObjectReader& top, Scenario const& scenario) {
    bool const written = std::ranges::any_of(
        scenario.workload, [](WorkloadItem const& item) { return item.probe->writes; });
    Value const* const list = top.value("steps");
    // With a step missing nobody knows which is which.
    if (written || list == nullptr || list->items.size() != scenario.steps.size()) return;
    std::vector<std::string_view> names;
    for (ProbeKind const* probe : Registry<ProbeKind>::all())
        if (probe->writes) names.push_back(probe->name);
    for (std::size_t index = 0; index < scenario.steps.size(); ++index) {
        auto const* wait = std::get_if<AwaitStep>(&scenario.steps[index].what);
        if (wait == nullptr || wait->condition != Condition::writable) continue;
        top.mistakes().add(
            list->items[index].at, join_path(join_path(top.path_of("steps"), index), "await"),
            fmt::format("\"writable\" waits for a good write through every entry point, and no "
                        "customer of this workload makes one: let one of them ({}) buy, or await "
                        "\"redundant\"",
                        fmt::join(names, ", ")));
    }
}

std::vector<Step> read_steps(ObjectReader& top, std::vector<std::string> const* node_names) {
    std::vector<Step> steps;
    top.require("steps", steps_expected);
    Value const* const list = top.value("steps");
    if (list == nullptr) return steps;
    if (list->kind != Value::Kind::array || list->items.empty()) {
        top.wrong("steps",
                  fmt::format("expected {}, got {}", steps_expected,
                              list->kind == Value::Kind::array ? "an empty list" : show(*list)));
        return steps;
    }
    std::string const path = top.path_of("steps");
    for (std::size_t index = 0; index < list->items.size(); ++index)
        if (auto step = read_any_step(list->items[index], join_path(path, index), node_names,
                                      top.mistakes()))
            steps.push_back(std::move(*step));
    // With a step missing nobody knows which one follows.
    if (steps.size() == list->items.size()) check_with_next(steps, *list, path, top.mistakes());
    return steps;
}

}  // namespace reading
}  // namespace interregnum
