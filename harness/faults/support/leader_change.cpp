// SPDX-License-Identifier: MIT
#include "harness/faults/support/leader_change.h"

#include <fmt/format.h>

#include "harness/faults/support/node_script.h"
#include "harness/faults/support/patroni_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view ask = R"sh(
find_patroni || exit 1
if [ -n "$2" ]; then succeed "$1" --force --candidate="$2" -- "$scope"
else succeed "$1" --force -- "$scope"; fi
)sh";

// $1 the leader before, $2 the candidate, or nothing where any other will do.
constexpr std::string_view changed = R"sh(
find_patroni || exit 1
now=$(leader)
[ -n "$now" ] && [ "$now" != "$1" ] && { [ -z "$2" ] || [ "$now" = "$2" ]; }
)sh";

}  // namespace

Result<std::string> member_of(ClusterView const& view, std::string const& node) {
    NodeView const* const found = view.node(node);
    if (found != nullptr && !found->member.empty()) return found->member;
    return fail(Error::Kind::invalid, node + " is no member of Patroni's cluster now");
}

FaultPlan leader_change(FaultRequest const& request, std::string const& verb,
                        std::string const& candidate) {
    NodeView const* const leader = request.view.leader();
    std::string const before = leader != nullptr ? leader->member : "";
    std::string const& node = request.targets.front();
    FaultPlan plan{.targets = request.targets, .self_heal = SelfHeal::by_itself};
    // Patroni answers when there is a new leader; it waits for one for twice its loop_wait.
    plan.inject.push_back(node_script(node, shell_text({patroni_shell, ask}), {verb, candidate},
                                      2 * request.view.loop_wait + 40s));
    plan.evidence.push_back(
        {.what = candidate.empty() ? "another member leads" : candidate + " leads",
         .command = node_script(node, shell_text({patroni_shell, changed}), {before, candidate}),
         .relation = Evidence::Relation::succeeds,
         .within = request.view.ttl + 30s});
    plan.summary =
        fmt::format("Patroni's {} from {} to {}", verb, before.empty() ? "nobody" : before,
                    candidate.empty() ? "whom it chooses" : candidate);
    return plan;
}

}  // namespace interregnum
