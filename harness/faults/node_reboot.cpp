// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/power.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Neither writes to sysrq, so both are safe in a container: only it reboots.
constexpr std::string_view graceful = "systemctl reboot\n";
constexpr std::string_view forced = "systemctl reboot --force --force\n";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    bool const force = options.flag("force");
    // It comes back by itself; where there is a command to switch it on, that hurries one which
    // does not.
    FaultPlan result{.targets = targets,
                     .self_heal = SelfHeal::by_itself,
                     .nodes_lost = targets,
                     .boots = targets};
    auto const nodes = nodes_named(view, targets);
    if (!nodes) return std::unexpected(nodes.error());
    for (NodeView const* node : *nodes) {
        FaultCommand command = node_script(node->name, force ? forced : graceful, {});
        command.ends_session = true;
        result.inject.push_back(std::move(command));
        if (auto on = restore_power(*node, view.power)) result.undo.push_back(std::move(*on));
        result.evidence.push_back({.what = node->name + " answers with another boot id",
                                   .command = {.node = node->name,
                                               .argv = {"cat", "/proc/sys/kernel/random/boot_id"},
                                               .timeout = 2s},
                                   .relation = Evidence::Relation::changed,
                                   .within = options.duration("within")});
    }
    result.summary =
        fmt::format("{} reboot of {} server(s)", force ? "forced" : "graceful", targets.size());
    return result;
}

std::vector<std::string_view> needs(Options const&) { return {"systemd"}; }

RegisterFault const registered{{
    .name = "node.reboot",
    .summary = "a server reboots, and is waited for",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "force",
             .type = OptionType::flag,
             .fallback = "false",
             .doc = "at once: no service is stopped, nothing is synced"},
            {.name = "within",
             .type = OptionType::duration,
             .fallback = "5m",
             .doc = "by when it must answer again, with another boot id"},
        },
    .plan = plan,
    .needs = needs,
}};

}  // namespace
}  // namespace interregnum
