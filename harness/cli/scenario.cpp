// SPDX-License-Identifier: MIT
#include "harness/scenario/scenario.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/base/json_document.h"
#include "harness/base/text_file.h"
#include "harness/cli/verbs.h"
#include "harness/cluster/inventory.h"
#include "harness/scenario/suite.h"

namespace interregnum {

namespace {

/// An error that says what it is about already, as a mistake in a list of them.
void add_error(Mistakes& mistakes, std::string const& about, Error const& error) {
    mistakes.all.push_back({.file = about, .message = error.message});
}

bool known_suite(std::string const& name) {
    auto const suites = shipped_suites();
    return std::ranges::find(suites, name) != suites.end();
}

/// A file that has "drills" is a suite, any other a scenario.
Status read_file(std::string const& file, Mistakes& mistakes,
                 std::vector<std::string> const* nodes) {
    auto const text = read_text_file(file, 1U << 20U);
    if (!text) return std::unexpected(text.error());
    Mistakes ignored;
    FileMistakes once(file, ignored);
    auto const root = parse_json(*text, once, {.bytes = 1U << 20U});
    if (root && root->kind == Value::Kind::object && root->find("drills") != nullptr)
        static_cast<void>(parse_suite(file, *text, mistakes, nodes));
    else
        static_cast<void>(parse_scenario(file, *text, {}, {}, mistakes, nodes, load_base));
    return {};
}

/// Reads every file, shows all mistakes of all of them.
ExitCode validate(std::vector<std::string> const& names, std::string const& inventory_file) {
    Mistakes mistakes;
    std::vector<std::string> nodes;
    if (!inventory_file.empty()) {
        auto const inventory = load_inventory(inventory_file, mistakes);
        if (!inventory) add_error(mistakes, "--inventory", inventory.error());
        if (inventory)
            for (InventoryNode const& node : inventory->nodes) nodes.push_back(node.name);
    }
    // An inventory that could not be read would make every node's name a mistake.
    bool const know_nodes = !inventory_file.empty() && mistakes.empty();
    std::string good;
    for (std::string const& name : names) {
        std::size_t const before = mistakes.all.size();
        auto const file = known_suite(name) ? find_suite(name) : find_scenario(name);
        Status const read = file ? read_file(*file, mistakes, know_nodes ? &nodes : nullptr)
                                 : std::unexpected(file.error());
        if (!read) add_error(mistakes, "scenario", read.error());
        if (mistakes.all.size() == before) good += fmt::format("{}: good\n", *file);
    }
    fmt::print("{}", good);
    fmt::print(stderr, "{}", mistakes.text());
    return mistakes.empty() ? ExitCode::pass : ExitCode::usage;
}

}  // namespace

void add_scenario_verb(Verb const& program) {
    Verb const verb =
        program.add("scenario", "checks scenario and suite files, shows their schema");
    verb.takes_verb();

    struct ValidateFlags {
        std::vector<std::string> names;
        std::string inventory;
    };
    auto flags = std::make_shared<ValidateFlags>();
    Verb const check =
        verb.add("validate", "says every mistake in these files; touches no cluster");
    check.takes("SCENARIO", flags->names, "files, or names of scenarios or suites that ship")
        .required();
    check.takes("--inventory", flags->inventory,
                "checks this file too, and that targets are its nodes");
    check.footer(
        "Exit code 0: all are good; 64: some are not. "
        "Example: interregnum scenario validate kill-leader");
    check.does([flags] { return validate(flags->names, flags->inventory); });

    auto what = std::make_shared<std::string>("scenario");
    Verb const schema = verb.add("schema", "prints a JSON Schema, for editors and other tools");
    schema.takes("WHAT", *what, "scenario, suite or inventory")
        .one_of({"scenario", "suite", "inventory"})
        .shows_default();
    schema.does([what] {
        fmt::print("{}", *what == "inventory" ? inventory_schema()
                         : *what == "suite"   ? suite_schema()
                                              : scenario_schema());
        return ExitCode::pass;
    });
}

}  // namespace interregnum
