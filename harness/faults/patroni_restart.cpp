// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fault.h"
#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/leader_change.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/patroni_shell.h"
#include "harness/faults/support/postmaster_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view restart = R"sh(
find_patroni && succeed restart --force -- "$scope" "$1"
)sh";

constexpr std::string_view identity = R"sh(
echo "$pm $(started "$pm")"
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .self_heal = SelfHeal::by_itself};
    for (std::string const& node : targets) {
        auto const member = member_of(view, node);
        if (!member) return std::unexpected(member.error());
        result.inject.push_back(
            node_script(node, shell_text({patroni_shell, restart}), {*member}, 120s));
        result.evidence.push_back(
            {.what = "the postmaster of " + node + " is another process",
             .command = node_script(node, shell_text({database_shell, wait_until_ready, identity}),
                                    {std::to_string(view.ports.postgres)}, 5s),
             .relation = Evidence::Relation::changed,
             .within = 60s});
    }
    result.summary = fmt::format("PostgreSQL restarted by Patroni on {} node(s)", targets.size());
    return result;
}

RegisterFault const registered{{
    .name = "patroni.restart",
    .summary = "Patroni restarts a member's PostgreSQL, as after a change of its settings",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"patronictl"}; },
}};

}  // namespace
}  // namespace interregnum
