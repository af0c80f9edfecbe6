// SPDX-License-Identifier: MIT
#include <memory>
#include <string>

#include <fmt/format.h>

#include "harness/base/exit_code.h"
#include "harness/cli/list_text.h"
#include "harness/cli/verbs.h"

namespace interregnum {

void add_list_verb(Verb const& program) {
    struct Flags {
        std::string what;
        std::string tag;
    };
    auto flags = std::make_shared<Flags>();
    Verb const verb = program.add(
        "list",
        "what there is: faults, probes, measures, checks, formats, scenarios, suites; and "
        "the grants that a drill needs");
    verb.takes("WHAT", flags->what, "what to list").required().one_of(list_names());
    verb.takes("--tag", flags->tag, "of scenarios only those that have this tag");
    verb.footer("Example: interregnum list faults");
    verb.does([flags] {
        if (flags->tag.empty()) {
            fmt::print("{}", list_text(flags->what));
            return ExitCode::pass;
        }
        auto const text = flags->what == "scenarios"
                              ? scenarios_text(flags->tag)
                              : fail(Error::Kind::invalid, "--tag is for `list scenarios`");
        if (text)
            fmt::print("{}", *text);
        else
            fmt::print(stderr, "interregnum: {}\n", text.error().message);
        return text ? ExitCode::pass : ExitCode::usage;
    });
}

}  // namespace interregnum
