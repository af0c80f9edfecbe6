// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fault.h"
#include "harness/faults/support/database_shell.h"
#include "harness/faults/support/leader_change.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/patroni_shell.h"
#include "harness/faults/support/postmaster_shell.h"
#include "harness/faults/support/replicas.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// Patroni refuses to rebuild a leader too; it is asked once more since the cluster may have moved
// since it was looked at.
constexpr std::string_view reinitialize = R"sh(
find_patroni || exit 1
now=$(leader)
[ -n "$now" ] || { echo 'nobody leads: there is nothing to rebuild a replica from' >&2; exit 1; }
[ "$now" != "$1" ] || { echo "$1 leads now: a leader is never rebuilt" >&2; exit 1; }
succeed reinit --force -- "$scope" "$1"
)sh";

// A file that is written once, when a data folder is made. A restart leaves it as it is; a rebuild
// makes another one, whose time of change (unlike that of its content) no copy can carry over.
constexpr std::string_view data_folder = R"sh(
stat -c '%i %Z' "/proc/$pm/cwd/PG_VERSION"
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (auto good = only_replicas(targets, view); !good) return std::unexpected(good.error());
    FaultPlan result{.targets = targets, .self_heal = SelfHeal::by_itself};
    for (std::string const& node : targets) {
        auto const member = member_of(view, node);
        if (!member) return std::unexpected(member.error());
        result.inject.push_back(
            node_script(node, shell_text({patroni_shell, reinitialize}), {*member}, 60s));
        result.evidence.push_back(
            {.what = "the data folder of " + node + " is a new one",
             .command =
                 node_script(node, shell_text({database_shell, wait_until_ready, data_folder}),
                             {std::to_string(view.ports.postgres)}, 5s),
             .relation = Evidence::Relation::changed,
             .within = options.duration("within")});
    }
    result.summary = fmt::format("{} replica(s) rebuilt from the leader", targets.size());
    return result;
}

RegisterFault const registered{{
    .name = "patroni.reinitialize",
    .summary = "Patroni throws a replica's data away and copies it anew; never the leader's",
    .options =
        {
            {.name = "target",
             .type = OptionType::role,
             .fallback = "any:replica",
             .doc = "role or node; replicas only"},
            {.name = "within",
             .type = OptionType::duration,
             .fallback = "5m",
             .doc = "how long the copy may take"},
        },
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"patronictl"}; },
}};

}  // namespace
}  // namespace interregnum
