// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/scenario/templates.h"

namespace interregnum::reading {

namespace {

constexpr Duration longest_chaos = std::chrono::hours(12);
constexpr std::size_t most_faults = 64;
constexpr std::array<std::string_view, 3> any_names{"any", "any:all_db", "any:all_app"};

/// "10s..40s", or nothing when there is no ".." in it or an end of it is wrong.
std::optional<Range> parse_range(std::string_view text) {
    std::size_t const dots = text.find("..");
    if (dots == std::string_view::npos) return std::nullopt;
    auto const least = parse_duration(text.substr(0, dots));
    auto const most = parse_duration(text.substr(dots + 2));
    if (!least || !most || *least > *most) return std::nullopt;
    return Range{.least = *least, .most = *most};
}

Member* member_of(Value& object, std::string_view key) {
    auto const found = std::ranges::find(object.members, key, &Member::key);
    return found == object.members.end() ? nullptr : &*found;
}

/// Finds what is to be drawn of a fault's options, and puts a value that is good in its place, so
/// that the rest is read as of any step.
void find_draws(FaultKind const& kind, Value& sample, ChaosFault& into) {
    for (OptionSpec const& spec : kind.options) {
        Member* const member = member_of(sample, spec.name);
        if (member == nullptr || member->value.kind != Value::Kind::string) continue;
        if (spec.type == OptionType::duration) {
            auto const range = parse_range(member->value.text);
            if (!range) continue;
            into.ranges.emplace_back(spec.name, *range);
            member->value.text = format_duration(range->most);
        } else if (spec.type == OptionType::role && into.any.empty() &&
                   std::ranges::find(any_names, member->value.text) != any_names.end()) {
            into.any = member->value.text;
        }
    }
}

bool has_other_role(FaultKind const& kind, Value const& step, std::string_view any) {
    return std::ranges::any_of(kind.options, [&](OptionSpec const& spec) {
        Value const* const given = spec.type == OptionType::role ? step.find(spec.name) : nullptr;
        return given != nullptr && (given->kind != Value::Kind::string || given->text != any);
    });
}

/// One of "faults". Nothing when it is wrong.
std::optional<ChaosFault> read_one(Value const& value, std::string const& path,
                                   std::vector<std::string> const* node_names,
                                   FileMistakes& mistakes, std::vector<FaultStep>& faults_made) {
    constexpr std::int64_t heaviest = 100;
    ChaosFault fault;
    ObjectReader reader(value, path, mistakes);
    if (!reader.is_object()) return std::nullopt;
    reader.require(fault_key, "the name of a fault");
    FaultKind const* const kind = read_fault_kind(reader);
    if (auto const weight = reader.option(
            {.name = "weight", .type = OptionType::integer, .at_least = 1, .at_most = heaviest}))
        fault.weight = static_cast<int>(std::get<std::int64_t>(*weight));
    if (kind == nullptr) return std::nullopt;
    if (reader.flag(with_next_key))
        reader.wrong(with_next_key, "how many are in force at once is said by \"at_once\"");
    fault.step = value;
    std::erase_if(fault.step.members, [](Member const& one) { return one.key == "weight"; });
    Value sample = fault.step;
    find_draws(*kind, sample, fault);
    if (!fault.any.empty()) {
        replace_target(sample, fault.any, "leader");
        // Of a node that only the roles tell nobody knows beforehand that it is another one.
        if (has_other_role(*kind, fault.step, fault.any)) {
            reader.wrong(kind->target_option,
                         fmt::format("\"{}\" cannot be mixed with other targets", fault.any));
            return std::nullopt;
        }
    }
    auto step = read_step(sample, path, node_names, mistakes);
    if (!step) return std::nullopt;
    faults_made.push_back(std::get<FaultStep>(step->what));
    return fault;
}

void read_pause(ObjectReader& reader, Chaos& chaos) {
    Value const* const given = reader.value("pause");
    if (given == nullptr) return;
    if (given->kind == Value::Kind::string || given->from_command_line()) {
        if (auto const range = parse_range(given->text)) {
            chaos.pause = *range;
            return;
        }
        if (auto const span = parse_duration(given->text)) {
            chaos.pause = {.least = *span, .most = *span};
            return;
        }
    }
    reader.wrong("pause",
                 fmt::format("expected a duration such as \"30s\", or two such as \"10s..40s\", "
                             "got {}",
                             show(*given)));
}

void read_faults(ObjectReader& reader, std::vector<std::string> const* node_names, Chaos& chaos,
                 std::vector<FaultStep>& faults_made) {
    constexpr std::string_view expected =
        R"(a list of faults, such as [ { "fault": "node.crash", "target": "any" } ])";
    reader.require("faults", expected);
    Value const* const list = reader.value("faults");
    if (list == nullptr) return;
    if (list->kind != Value::Kind::array || list->items.empty() ||
        list->items.size() > most_faults) {
        reader.wrong("faults",
                     fmt::format("expected {}, at most {} of them", expected, most_faults));
        return;
    }
    for (std::size_t index = 0; index < list->items.size(); ++index)
        if (auto fault = read_one(list->items[index], join_path(reader.path_of("faults"), index),
                                  node_names, reader.mistakes(), faults_made))
            chaos.faults.push_back(std::move(*fault));
}

Duration longest_hold(std::vector<FaultStep> const& faults) {
    Duration longest{};
    for (FaultStep const& fault : faults) longest = std::max(longest, planned_hold(fault));
    return longest;
}

}  // namespace

Duration planned_hold(FaultStep const& fault) {
    auto const& all = fault.options.all();
    auto const held = all.find("for");
    if (held == all.end()) return {};
    auto const* const span = std::get_if<Duration>(&held->second);
    return span == nullptr ? Duration{} : *span;
}

Chaos read_chaos(Value const& step, std::string const& path,
                 std::vector<std::string> const* node_names, FileMistakes& mistakes,
                 std::vector<FaultStep>& faults_made) {
    Chaos chaos;
    ObjectReader outer(step, path, mistakes);
    Value const* const given = outer.value(chaos_key);
    outer.finish();
    if (given == nullptr) return chaos;
    ObjectReader reader(*given, outer.path_of(chaos_key), mistakes);
    if (!reader.is_object()) return chaos;
    reader.require("for", "how long all of it is planned to take, such as \"30m\"");
    if (auto const span = reader.duration("for")) chaos.span = *span;
    read_pause(reader, chaos);
    if (auto const await = reader.one_of("await", condition_names())) chaos.await = *await;
    if (auto const within = reader.duration(within_key)) chaos.within = *within;
    if (auto const at_once = reader.option(
            {.name = "at_once", .type = OptionType::integer, .at_least = 1, .at_most = 2}))
        chaos.at_once = static_cast<int>(std::get<std::int64_t>(*at_once));
    read_faults(reader, node_names, chaos, faults_made);
    reader.finish();
    Duration const round = longest_hold(faults_made) + chaos.pause.most + round_overhead;
    if (chaos.span > longest_chaos)
        reader.wrong("for",
                     fmt::format("expected at most {}, got {}", format_duration(longest_chaos),
                                 format_duration(chaos.span)));
    else if (chaos.span.count() > 0 && chaos.span < round)
        reader.wrong("for",
                     fmt::format("{} is too short: a round of it takes up to {} (the longest "
                                 "fault, \"pause\", and {} to be proved and to get over it)",
                                 format_duration(chaos.span), format_duration(round),
                                 format_duration(round_overhead)));
    return chaos;
}

std::optional<Step> read_chaos_step(Value const& value, std::string const& path,
                                    std::vector<std::string> const* node_names,
                                    FileMistakes& mistakes) {
    TemplateStep made{.written = std::make_shared<Value const>(value), .path = path, .faults = {}};
    std::size_t const before = mistakes.count();
    Chaos const chaos = read_chaos(value, path, node_names, mistakes, made.faults);
    if (mistakes.count() != before) return std::nullopt;
    std::string text = fmt::format("chaos for {}", format_duration(chaos.span));
    return Step{.what = std::move(made), .text = std::move(text)};
}

}  // namespace interregnum::reading
