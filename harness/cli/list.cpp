// SPDX-License-Identifier: MIT
#include <memory>
#include <string>

#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/cli/list_text.h"
#include "harness/cli/verbs.h"

namespace interregnum {

void add_list_verb(Verb const& program) {
    auto what = std::make_shared<std::string>();
    Verb const verb = program.add(
        "list",
        "what there is: faults, probes, measures, checks, formats, scenarios, suites; and "
        "the grants that a drill needs");
    verb.takes("WHAT", *what, "what to list").required().one_of(list_names());
    verb.footer("Example: interregnum list faults");
    verb.does([what] {
        fmt::print("{}", list_text(*what));
        return ExitCode::pass;
    });
}

}  // namespace interregnum
