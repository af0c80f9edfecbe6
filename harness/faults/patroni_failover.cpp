// SPDX-License-Identifier: MIT
#include <tuple>

#include "harness/fault.h"
#include "harness/faults/support/leader_change.h"

namespace interregnum {
namespace {

/// Unless named, who would lose least: a synchronous standby, else the replica that lags least.
std::vector<std::string> candidates(Options const& options, ClusterView const& view) {
    std::vector<std::string> named;
    if (options.has("candidate")) {
        for (std::string const& role : options.roles("candidate"))
            for (std::string& node : resolve_role(view, role)) named.push_back(std::move(node));
        return named;
    }
    NodeView const* best = nullptr;
    auto const rank = [](NodeView const& node) {
        bool const unknown = node.lag_bytes < 0;
        return std::tuple(node.role != "sync_standby", unknown, node.lag_bytes);
    };
    for (NodeView const& node : view.nodes) {
        if (node.role != "sync_standby" && node.role != "replica") continue;
        if (best == nullptr || rank(node) < rank(*best)) best = &node;
    }
    if (best != nullptr) named.push_back(best->name);
    return named;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    NodeView const* const leader = request.view.leader();
    if (request.targets.size() != 1 ||
        (leader != nullptr && leader->name == request.targets.front()))
        return fail(Error::Kind::invalid,
                    "\"candidate\" must be exactly one member that is not the leader, such as "
                    "\"any:replica\"");
    auto const member = member_of(request.view, request.targets.front());
    if (!member) return std::unexpected(member.error());
    return leader_change(request, "failover", *member);
}

RegisterFault const registered{{
    .name = "patroni.failover",
    .summary = "Patroni is told to make a certain replica the leader, whatever is lost; works "
               "without a leader too",
    .options =
        {
            {.name = "candidate",
             .type = OptionType::role,
             .doc = "who takes over: a role or node; absent: the synchronous standby, else the "
                    "replica that lags least"},
        },
    .target_option = "candidate",
    .targets = candidates,
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"patronictl"}; },
}};

}  // namespace
}  // namespace interregnum
