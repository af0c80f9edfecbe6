// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/base/json_document.h"
#include "harness/base/text_file.h"
#include "harness/scenario/document.h"
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

namespace {

void read_scenario(Value const& root, std::vector<std::string> const& expects,
                   std::vector<std::string> const* node_names, FileMistakes& mistakes,
                   Scenario& scenario) {
    ObjectReader top(root, "", mistakes);
    if (!top.is_object()) return;
    top.value("$schema");  // editors look for it
    top.value(reading::extends_key);
    top.value(reading::parameters_key);
    reading::read_title(top, scenario.title);
    scenario.tags = reading::read_tags(top);
    scenario.workload = reading::read_workload(top);
    if (auto const span = top.duration("steady_before")) scenario.steady_before = *span;
    if (auto const span = top.duration("steady_after")) scenario.steady_after = *span;
    scenario.steps = reading::read_steps(top, node_names);
    reading::check_awaits(top, scenario);
    scenario.limits = reading::read_limits(top, scenario.steps);
    scenario.expectations = reading::read_expectations(top, expects);
    scenario.under = reading::read_under(top, expects);
    reading::read_reasons(top, scenario);
    top.finish();
}

}  // namespace

Scenario parse_scenario(std::string const& file, std::string_view text,
                        std::vector<std::pair<std::string, std::string>> const& overrides,
                        std::vector<std::string> const& expects, Mistakes& mistakes,
                        std::vector<std::string> const* node_names, BaseLoader const& base_of) {
    Scenario scenario{.name = std::filesystem::path(file).stem().string(), .file = file};
    Mistakes found;
    FileMistakes of_file(file, found);
    reading::SourceFiles sources(file);
    auto root =
        reading::read_document({.file = file, .text = std::string(text)}, base_of, sources, found);
    if (root) {
        if (root->kind == Value::Kind::object) {
            reading::apply_overrides(*root, overrides, of_file);
            reading::put_in_parameters(*root, of_file);
        }
        read_scenario(*root, expects, node_names, of_file, scenario);
    }
    scenario.extends.assign(sources.files().begin() + 1, sources.files().end());
    sources.settle(found);
    mistakes.all.insert(mistakes.all.end(), found.all.begin(), found.all.end());
    return scenario;
}

Result<Scenario> load_scenario(std::string const& file,
                               std::vector<std::pair<std::string, std::string>> const& overrides,
                               std::vector<std::string> const& expects, Mistakes& mistakes,
                               std::vector<std::string> const* node_names) {
    auto const text = read_text_file(file, file_limit);
    if (!text) return std::unexpected(text.error());
    return parse_scenario(file, *text, overrides, expects, mistakes, node_names, load_base);
}

}  // namespace interregnum
