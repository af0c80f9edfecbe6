// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/power.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// Patroni lets the leader's lock run out before anybody takes over. A leader that is back sooner
/// goes on as the leader, and the drill has shown nothing about failover.
void expect_longer_than_the_lock(FaultPlan& plan, ClusterView const& view) {
    NodeView const* const leader = view.leader();
    if (leader == nullptr || std::ranges::find(plan.targets, leader->name) == plan.targets.end())
        return;
    bool const held = view.power.kind != PowerAccess::Kind::sysrq;
    if (held && plan.hold < view.ttl)
        plan.proves_nothing.push_back(
            fmt::format("{} is the leader and is switched on again after {}, before Patroni's ttl "
                        "of {}: nobody has to take over. Give \"for\" more than the ttl",
                        leader->name, format_duration(plan.hold), format_duration(view.ttl)));
    else
        plan.stays_silent_for = view.ttl;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets,
                     .self_heal = SelfHeal::controller,
                     .nodes_lost = targets,
                     .boots = targets,
                     .hold = options.duration("for")};
    auto const nodes = nodes_named(view, targets);
    if (!nodes) return std::unexpected(nodes.error());
    for (NodeView const* node : *nodes) {
        auto off = cut_power(*node, view.power);
        if (!off) return std::unexpected(off.error());
        result.inject.push_back(std::move(*off));
        if (auto on = restore_power(*node, view.power)) result.undo.push_back(std::move(*on));
        result.evidence.push_back(falls_silent(*node, 15s));
    }
    // A machine reset by sysrq boots by itself at once: there is nothing to hold it down with.
    if (view.power.kind == PowerAccess::Kind::sysrq) result.hold = 0s;
    expect_longer_than_the_lock(result, view);
    result.summary = view.power.kind == PowerAccess::Kind::sysrq
                         ? fmt::format("reset of {} server(s), nothing synced", targets.size())
                         : fmt::format("power loss of {} server(s), off for {}", targets.size(),
                                       format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "node.crash",
    .summary = "a server loses power without warning, nothing is synced",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "45s",
             .doc = "how long it stays off; a leader that is back before Patroni's ttl proves "
                    "nothing. With \"power\": \"sysrq\" it boots at once"},
        },
    .plan = plan,
}};

}  // namespace
}  // namespace interregnum
