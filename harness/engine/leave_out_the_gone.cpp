// SPDX-License-Identifier: MIT
#include "harness/engine/leave_out_the_gone.h"

#include <map>
#include <utility>

#include <fmt/format.h>

namespace interregnum {

std::string leave_out_the_gone(std::vector<CommandOutcome>& outcomes,
                               std::vector<std::string> const& targets, WhyGone const& why_gone) {
    if (!why_gone) return {};
    std::map<std::string, std::string> gone;
    for (CommandOutcome const& outcome : outcomes) {
        if (outcome.result || outcome.command.node.empty()) continue;
        // Who refuses a login is there.
        bool const silent = outcome.result.error().kind == Error::Kind::unreachable ||
                            outcome.result.error().kind == Error::Kind::timeout;
        std::string why = silent ? why_gone(outcome.command.node) : "";
        if (!why.empty()) gone.emplace(outcome.command.node, std::move(why));
    }
    // What runs here is about the targets: power for machines that no longer are.
    bool all_gone = !targets.empty();
    std::string told_of_targets;
    for (std::string const& target : targets) {
        std::string const why = why_gone(target);
        all_gone = all_gone && !why.empty();
        if (told_of_targets.empty()) told_of_targets = fmt::format("{}: {}", target, why);
    }
    std::string told;
    std::erase_if(outcomes, [&](CommandOutcome const& outcome) {
        std::string const& node = outcome.command.node;
        bool const here = node.empty();
        bool const failed = !outcome.result || (here && outcome.result->exit_status != 0);
        if (!failed || !(here ? all_gone : gone.contains(node))) return false;
        if (told.empty())
            told = (here ? told_of_targets : fmt::format("{}: {}", node, gone.at(node))) +
                   "; nothing is left to undo there";
        return true;
    });
    return told;
}

}  // namespace interregnum
