// SPDX-License-Identifier: MIT
#include "harness/engine/leftovers.h"

#include <fmt/format.h>

#include "harness/engine/sweep.h"

namespace interregnum {

namespace {

// Prints the faults whose lease is still running; sweeps when there is none.
constexpr std::string_view unless_live = R"sh(
read -r up _ </proc/uptime; now=${up%.*}${up#*.}
live=
for lease in /run/interregnum/*/lease; do
    read -r end <"$lease" 2>/dev/null || continue
    [ "$now" -ge "$end" ] || { folder=${lease%/lease}; live="$live ${folder##*/}"; }
done
[ -z "$live" ] || { echo "$live" >&2; exit 75; }
)sh";
constexpr int live_status = 75;

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& letter : text)
        if (letter == '\n') letter = ';';
    return text;
}

/// The first thing of ours that a node shows, "" when there is none.
std::string thing_of_ours(record::NodeState const& state) {
    for (auto const& [name, value] : state.facts)
        if (name.starts_with("ours.") && !value.empty())
            return fmt::format("{} = {}", name, one_line(value));
    return {};
}

}  // namespace

Leftovers sweep_dirty_nodes(Fleet& fleet, std::vector<record::NodeState> const& states,
                            std::stop_token stop) {
    std::vector<Fleet::Task> tasks;
    for (record::NodeState const& state : states)
        if (!thing_of_ours(state).empty())
            tasks.push_back({state.node,
                             {.argv = {"sh", "-s"},
                              .input = std::string(unless_live) + sweep_script_of_a_run(),
                              .timeout = std::chrono::seconds(120)}});
    Leftovers leftovers;
    auto const results = fleet.run_all(tasks, std::move(stop));
    for (std::size_t index = 0; index < results.size(); ++index) {
        std::string const& node = tasks[index].node;
        auto const& result = results[index];
        if (!result)
            leftovers.left.push_back(fmt::format("{} is not clean and could not be swept: {}", node,
                                                 result.error().message));
        else if (result->exit_status == live_status)
            leftovers.left.push_back(fmt::format(
                "a fault is in force on {} whose lease is being renewed or has just ended ({}): "
                "another controller drills this cluster; try again when it is done",
                node, one_line(result->err)));
        else if (result->exit_status != 0)
            leftovers.left.push_back(fmt::format("{} is not clean, and the sweep failed: {}", node,
                                                 one_line(result->err)));
        else
            leftovers.swept.push_back(
                fmt::format("an earlier run had left things on {}, which "
                            "were undone first: {}",
                            node, one_line(result->out)));
    }
    return leftovers;
}

void add_what_stayed(Leftovers& leftovers, std::vector<record::NodeState> const& now) {
    if (!leftovers.left.empty()) return;
    for (record::NodeState const& state : now)
        if (std::string const thing = thing_of_ours(state); !thing.empty())
            leftovers.left.push_back(
                fmt::format("{} is not clean, although it was swept ({}): remove it by hand",
                            state.node, thing));
}

}  // namespace interregnum
