// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/cli/list_text.h"
#include "harness/cli/verbs.h"

namespace interregnum {

void add_list_verb(CLI::App& app, int& exit_code) {
    auto what = std::make_shared<std::string>();
    CLI::App* verb = app.add_subcommand(
        "list",
        "what there is: faults, probes, measures, checks, formats, scenarios; and the "
        "grants that a drill needs");
    verb->add_option("WHAT", *what)->required()->check(CLI::IsMember(list_names()));
    verb->footer("Example: interregnum list faults");
    verb->callback([what, &exit_code] {
        fmt::print("{}", list_text(*what));
        exit_code = static_cast<int>(ExitCode::pass);
    });
}

}  // namespace interregnum
