// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/patroni_shell.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The pause is the whole cluster's and outlives every node, so our mark is where the pause is: a
// key of its own in Patroni's dynamic configuration, set and removed together with it in one
// write. Patroni ignores keys that it does not know. So any node can end the pause, also after a
// reboot, and an owner's own pause, which has no mark, is never touched.
constexpr std::string_view functions = R"sh(
held() { ctl show-config -- "$scope"; }
marked() { printf '%s\n' "$1" | grep -q '^interregnum_pause:'; }
seen_here() {
    data=$(sed -n 's/^[[:space:]]*data_dir:[[:space:]]*//p' "$config" | tr -d "\"'" | head -n 1)
    grep -qs "\"interregnum_pause\"" "$data/patroni.dynamic.json"
}
resume() {
    tries=0
    while now=$(held); do
        marked "$now" || return 0
        ! ctl edit-config --force --quiet -s pause=null -s interregnum_pause=null -- "$scope" ||
            return 0
        tries=$((tries + 1)); [ $tries -lt 5 ] || return 1
        sleep 0.3
    done
    return 1
}
)sh";

constexpr std::string_view pause = R"sh(
find_patroni && now=$(held) || exit 1
if printf '%s\n' "$now" | grep -q '^pause: *true'; then
    echo 'the cluster is paused already, and not by this fault: patronictl resume first' >&2
    exit 1
fi
ctl edit-config --force --quiet -s pause=true -s "interregnum_pause=$1" -- "$scope"
)sh";

// Two nodes may do this at once: each write fails when the configuration has changed under it,
// and then it is looked at again.
constexpr std::string_view undo = R"sh(
find_patroni && resume
)sh";

// What this node's Patroni itself has taken up.
constexpr std::string_view taken_up = R"sh(
find_patroni && seen_here && grep -q '"pause": *true' "$data/patroni.dynamic.json"
)sh";

// Patroni keeps what it has seen of the dynamic configuration in a file, so that nodes on which
// nothing is wrong need not ask etcd.
constexpr std::string_view sweep_all = R"sh(
command -v patronictl >/dev/null && find_patroni 2>/dev/null && seen_here || exit 0
now=$(held) || exit 1
! marked "$now" || { resume && echo "resumed Patroni's $scope"; }
)sh";

constexpr std::string_view residue_all = R"sh(
command -v patronictl >/dev/null && find_patroni && seen_here || exit 0
now=$(held) || { echo "Patroni's $scope may be paused"; exit 0; }
! marked "$now" || echo "Patroni's $scope is paused"
)sh";

std::string const sweep = shell_text({patroni_shell, functions, sweep_all});
std::string const residue = shell_text({patroni_shell, functions, residue_all});

/// All members that answer: each can end it when we are gone.
std::vector<std::string> members(Options const& /*options*/, ClusterView const& view) {
    std::vector<std::string> nodes;
    for (NodeView const& node : view.nodes)
        if (node.patroni_answers && !node.member.empty()) nodes.push_back(node.name);
    return nodes;
}

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    if (view.paused)
        return fail(Error::Kind::invalid,
                    "the cluster is paused already, and not by this fault: `patronictl resume` "
                    "first");
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    auto const script = [&](std::string const& node, std::string_view part) {
        return node_script(node, shell_text({patroni_shell, functions, part}), {id}, 30s);
    };
    result.inject.push_back(script(targets.front(), pause));
    for (std::string const& node : targets) {
        result.undo.push_back(script(node, undo));
        result.evidence.push_back({.what = "Patroni on " + node + " is in maintenance mode",
                                   .command = script(node, taken_up),
                                   .relation = Evidence::Relation::succeeds,
                                   .within = view.loop_wait + 10s});
    }
    result.summary = fmt::format("Patroni in maintenance mode for {}: nobody takes over",
                                 format_duration(result.hold));
    return result;
}

RegisterFault const registered{{
    .name = "patroni.pause",
    .summary = "maintenance mode left on: Patroni neither fails over nor restarts anything",
    .options =
        {
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "60s",
             .doc = "how long the cluster is paused"},
        },
    .targets = members,
    .plan = plan,
    .needs = [](Options const& /*options*/) { return std::vector<std::string_view>{"patronictl"}; },
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
