// SPDX-License-Identifier: MIT
#include "harness/fault.h"
#include "harness/faults/support/leader_change.h"

namespace interregnum {
namespace {

Result<FaultPlan> plan(FaultRequest const& request) {
    NodeView const* const leader = request.view.leader();
    if (leader == nullptr || request.targets != std::vector{leader->name})
        return fail(Error::Kind::invalid,
                    "a switchover is away from the leader: target \"leader\" alone, and name who "
                    "takes over in \"candidate\"");
    if (!request.options.has("candidate")) return leader_change(request, "switchover", "");
    std::vector<std::string> candidates;
    for (std::string const& role : request.options.roles("candidate"))
        for (std::string& node : resolve_role(request.view, role))
            candidates.push_back(std::move(node));
    if (candidates.size() != 1 || candidates.front() == leader->name)
        return fail(Error::Kind::invalid,
                    "\"candidate\" must be exactly one member that is not the leader, such as "
                    "\"any:replica\"");
    auto const member = member_of(request.view, candidates.front());
    if (!member) return std::unexpected(member.error());
    return leader_change(request, "switchover", *member);
}

RegisterFault const registered{{
    .name = "patroni.switchover",
    .summary = "Patroni hands the lead over in good order, while customers go on",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "leader",
             .doc = "the leader that gives up"},
            {.name = "candidate",
             .type = OptionType::role,
             .doc = "who takes over: a role or node; absent: Patroni chooses"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"patronictl"}; },
}};

}  // namespace
}  // namespace interregnum
