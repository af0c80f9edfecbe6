// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/power.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// A cloud refuses to start a server that is still stopping; the lab waits for it.
constexpr Duration shortest_off = 60s;

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (Status back = needs_a_way_back(view.power); !back) return std::unexpected(back.error());
    FaultPlan result{.targets = targets,
                     .self_heal = SelfHeal::controller,
                     .nodes_lost = targets,
                     .boots = targets,
                     .hold = options.duration("for")};
    bool const lab = view.power.kind == PowerAccess::Kind::lab;
    if (!lab && result.hold < shortest_off)
        return fail(Error::Kind::invalid,
                    fmt::format("\"for\" is {}: a server that stops in good order needs time, and "
                                "one that is still stopping cannot be switched on; give it {} or "
                                "more",
                                format_duration(result.hold), format_duration(shortest_off)));
    auto const nodes = nodes_named(view, targets);
    if (!nodes) return std::unexpected(nodes.error());
    for (NodeView const* node : *nodes) {
        FaultCommand command = node_script(node->name, "systemctl poweroff\n", {});
        command.ends_session = true;
        result.inject.push_back(std::move(command));
        if (auto on = restore_power(*node, view.power)) result.undo.push_back(std::move(*on));
        result.evidence.push_back(falls_silent(*node, 2min));
    }
    result.summary = fmt::format("shut down {} server(s), off for {}", targets.size(),
                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const&) { return {"systemd"}; }

RegisterFault const registered{{
    .name = "node.poweroff",
    .summary = "a server is shut down in good order, and switched on again by the inventory",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "90s",
             .doc = "how long from the order to shut down until it is switched on, 60s or more"},
        },
    .plan = plan,
    .needs = needs,
}};

}  // namespace
}  // namespace interregnum
