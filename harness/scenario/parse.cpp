// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/json_document.h"
#include "harness/base/text_file.h"
#include "harness/scenario/reading.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

namespace {

constexpr std::size_t file_limit = 1U << 20U;

}  // namespace

namespace reading {

bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char letter) {
        auto const byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7F;
    });
}

void read_title(ObjectReader& top, std::string& into) {
    constexpr std::size_t longest = 200;
    top.require("title", "one line for people, such as \"The leader's server loses power\"");
    auto title = top.text("title");
    if (!title) return;
    if (!is_one_line(*title) || title->size() > longest)
        top.wrong("title", fmt::format("expected one line of at most {} bytes without control "
                                       "characters",
                                       longest));
    into = std::move(*title);
}

}  // namespace reading

Scenario parse_scenario(std::string const& file, std::string_view text,
                        std::vector<std::pair<std::string, std::string>> const& overrides,
                        std::vector<std::string> const& expects, Mistakes& mistakes,
                        std::vector<std::string> const* node_names) {
    Scenario scenario{.name = std::filesystem::path(file).stem().string(), .file = file};
    FileMistakes of_file(file, mistakes);
    auto root = parse_json(text, of_file, {.bytes = file_limit});
    if (!root) return scenario;
    if (root->kind == Value::Kind::object) reading::apply_overrides(*root, overrides, of_file);
    ObjectReader top(*root, "", of_file);
    if (!top.is_object()) return scenario;
    top.value("$schema");  // editors look for it
    reading::read_title(top, scenario.title);
    scenario.workload = reading::read_workload(top);
    if (auto const span = top.duration("steady_before")) scenario.steady_before = *span;
    if (auto const span = top.duration("steady_after")) scenario.steady_after = *span;
    scenario.steps = reading::read_steps(top, node_names);
    scenario.limits = reading::read_limits(top, scenario.steps);
    scenario.expectations = reading::read_expectations(top, expects);
    scenario.under = reading::read_under(top, expects);
    reading::read_reasons(top, scenario);
    top.finish();
    return scenario;
}

Result<Scenario> load_scenario(std::string const& file,
                               std::vector<std::pair<std::string, std::string>> const& overrides,
                               std::vector<std::string> const& expects, Mistakes& mistakes,
                               std::vector<std::string> const* node_names) {
    auto const text = read_text_file(file, file_limit);
    if (!text) return std::unexpected(text.error());
    return parse_scenario(file, *text, overrides, expects, mistakes, node_names);
}

}  // namespace interregnum
