// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

Status check(std::string_view name, std::vector<std::string> const& words) {
    if (!words.empty() && !words.front().empty()) return {};
    return fail(Error::Kind::invalid,
                fmt::format("\"{}\" is a program and its arguments, such as [\"systemctl\", "
                            "\"stop\", \"cron\"]: no shell reads it",
                            name));
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    std::vector<std::string> const& undo = options.words("undo");
    for (std::string_view const name : {"inject", "verify"})
        if (auto good = check(name, options.words(name)); !good)
            return std::unexpected(good.error());
    if (!undo.empty())
        if (auto good = check("undo", undo); !good) return std::unexpected(good.error());
    FaultPlan result{.targets = targets,
                     .self_heal = undo.empty() ? SelfHeal::by_itself : SelfHeal::node,
                     .hold = options.duration("for")};
    for (std::string const& node : targets) {
        result.inject.push_back({.node = node,
                                 .argv = options.words("inject"),
                                 .timeout = options.duration("inject_timeout")});
        if (!undo.empty())
            result.undo.push_back(
                {.node = node, .argv = undo, .timeout = options.duration("undo_timeout")});
        result.evidence.push_back(
            {.what = fmt::format("{} succeeds on {}", options.words("verify").front(), node),
             .command = {.node = node, .argv = options.words("verify")},
             .relation = Evidence::Relation::succeeds,
             .within = options.duration("within")});
    }
    result.summary =
        fmt::format("the command {} on {} node(s) for {}", options.words("inject").front(),
                    targets.size(), format_duration(result.hold));
    return result;
}

// What it leaves is known to nobody but its own undo: that is promised in the journal and armed on
// the nodes like any other, so `heal` finds it there, but `sweep` cannot know it by name.
RegisterFault const registered{{
    .name = "command",
    .summary = "your own commands, run as root: one to break something, one to see it, one to "
               "undo it",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "inject",
             .type = OptionType::words,
             .doc = "program and arguments that break something; no shell reads them",
             .required = true},
            {.name = "verify",
             .type = OptionType::words,
             .doc = "program and arguments that succeed once it is broken, and not before",
             .required = true},
            {.name = "undo",
             .type = OptionType::words,
             .doc = "program and arguments that mend it from any state, also twice and when it "
                    "was never broken; [] when it mends itself",
             .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it stays broken"},
            {.name = "within",
             .type = OptionType::duration,
             .fallback = "5s",
             .doc = "how long verify may take to succeed"},
            {.name = "inject_timeout",
             .type = OptionType::duration,
             .fallback = "10s",
             .doc = "after this inject is killed, and has failed"},
            {.name = "undo_timeout",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "after this undo is killed, and tried again"},
        },
    .plan = plan,
}};

}  // namespace
}  // namespace interregnum
