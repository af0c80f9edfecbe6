// SPDX-License-Identifier: MIT
#include "harness/cli/wrong_verb.h"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/mistakes.h"
#include "harness/base/nearest.h"

namespace interregnum {

std::string wrong_verb(CLI::App const& app) {
    // The verb that was understood last; what is missing is one of its own.
    CLI::App const* last = &app;
    std::string called = app.get_name();
    while (!last->get_subcommands().empty()) {
        last = last->get_subcommands().front();
        called += " " + last->get_name();
    }
    if (last->get_require_subcommand_min() == 0) return {};
    std::vector<std::string> names;
    for (CLI::App const* verb : last->get_subcommands([](CLI::App const*) { return true; }))
        if (!verb->get_group().empty()) names.push_back(verb->get_name());
    std::vector<std::string> const rest = app.remaining(true);
    auto const word = std::ranges::find_if(
        rest, [](std::string const& text) { return !text.empty() && text.front() != '-'; });
    std::string const found = word == rest.end()
                                  ? fmt::format("{}: a verb is missing", called)
                                  : fmt::format("{}: there is no verb {}{}", called,
                                                in_quotes(*word), did_you_mean(*word, names));
    return fmt::format("{}; there are {} (`{} --help` explains them)", found,
                       fmt::join(names, ", "), called);
}

}  // namespace interregnum
