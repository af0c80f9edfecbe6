// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/scenario/templates.h"

namespace interregnum::reading {

namespace {

// A role that can be anywhere a node can, so that the rest of a step is checked without nodes.
constexpr char const* stand_in = "leader";

}  // namespace

std::vector<std::string> const& for_each_names() {
    static std::vector<std::string> const names{"node", "db", "app"};
    return names;
}

int replace_target(Value& step, std::string_view word, std::string const& name) {
    Value const* const fault = step.find(fault_key);
    FaultKind const* const kind =
        fault == nullptr ? nullptr : Registry<FaultKind>::find(fault->text);
    if (kind == nullptr) return 0;
    int replaced = 0;
    auto const replace = [&](Value& value) {
        if (value.kind != Value::Kind::string || value.text != word) return;
        value.text = name;
        ++replaced;
    };
    for (OptionSpec const& spec : kind->options) {
        if (spec.type != OptionType::role) continue;
        for (Member& member : step.members) {
            if (member.key != spec.name) continue;
            replace(member.value);
            for (Value& item : member.value.items) replace(item);
        }
    }
    return replaced;
}

std::optional<Step> read_for_each(Value const& value, std::string const& path,
                                  std::vector<std::string> const* node_names,
                                  FileMistakes& mistakes) {
    ObjectReader reader(value, path, mistakes);
    auto const over = reader.one_of(for_each_key, for_each_names());
    constexpr std::string_view expected =
        R"(a list of steps, such as [ { "fault": "node.crash", "target": "each" } ])";
    reader.require("steps", expected);
    Value const* const list = reader.value("steps");
    reader.finish();
    if (list == nullptr) return std::nullopt;
    if (list->kind != Value::Kind::array || list->items.empty()) {
        reader.wrong("steps",
                     fmt::format("expected {}, got {}", expected,
                                 list->kind == Value::Kind::array ? "an empty list" : show(*list)));
        return std::nullopt;
    }
    TemplateStep made{.written = std::make_shared<Value const>(value), .path = path, .faults = {}};
    std::vector<Step> steps;
    int replaced = 0;
    for (std::size_t index = 0; index < list->items.size(); ++index) {
        Value sample = list->items[index];
        replaced += replace_target(sample, each, stand_in);
        auto step =
            read_step(sample, join_path(reader.path_of("steps"), index), node_names, mistakes);
        if (!step) continue;
        if (auto const* fault = std::get_if<FaultStep>(&step->what)) made.faults.push_back(*fault);
        steps.push_back(std::move(*step));
    }
    if (steps.size() != list->items.size()) return std::nullopt;
    check_with_next(steps, *list, reader.path_of("steps"), mistakes);
    if (replaced == 0)
        reader.wrong("steps", "no target in here is \"each\": every node would get the same");
    if (!over) return std::nullopt;
    return Step{.what = std::move(made), .text = fmt::format("for each {}", *over)};
}

}  // namespace interregnum::reading
