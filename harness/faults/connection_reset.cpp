// SPDX-License-Identifier: MIT
#include "harness/fault.h"
#include "harness/faults/support/flows.h"
#include "harness/faults/support/markers.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "connection.reset";

// Each is named by all four of its parts, so that a new connection which takes its place in the
// meantime is not hit. What was there is noted first: that is what the evidence looks for.
constexpr std::string_view reset = R"sh(
command -v ss >/dev/null || { echo 'ss is missing: install iproute2' >&2; exit 1; }
note=/run/interregnum/reset.$1
mkdir -p /run/interregnum && flows "$2" "$3" >"$note" || exit 1
[ -s "$note" ] || { echo 'no established connection of these services was found' >&2; exit 1; }
while read -r far far_port own own_port; do
    case $far in *:*) far="[$far]" own="[$own]" ;; esac
    ss -tnHK state established src "$own" sport = ":$own_port" dst "$far" dport = ":$far_port"
done <"$note" >/dev/null 2>&1
exit 0
)sh";

// A kernel that cannot close sockets of others leaves all of them as they were.
constexpr std::string_view all_gone = R"sh(
note=/run/interregnum/reset.$1
[ -s "$note" ] || { echo 'nothing was reset' >&2; exit 1; }
if flows "$2" 100 | grep -qxF -f "$note"; then
    echo 'connections live on: can this kernel close sockets (INET_DIAG_DESTROY)?' >&2; exit 1
fi
)sh";

constexpr std::string_view forget = R"sh(
restore() { undid="removed ${1##*/}"; rm -f "$1"; }
)sh";

constexpr MarkedKind marked{
    .stem = "reset", .restore = forget, .tell = R"sh(echo "a note: ${marker##*/}")sh"};

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto const choice = flow_choice(request);
    if (!choice) return std::unexpected(choice.error());
    FaultPlan result{.targets = targets, .self_heal = SelfHeal::by_itself};
    std::string const flows(define_flows);
    for (std::string const& target : targets) {
        result.inject.push_back(
            node_script(target, flows + std::string(reset), {id, choice->ports, choice->percent}));
        result.undo.push_back(node_script(target, restore_one(marked), {id}));
        result.evidence.push_back(
            {.what = "the connections that were there on " + target + " are gone",
             .command = node_script(target, flows + std::string(all_gone), {id, choice->ports}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = choice->what + " are reset";
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"ss"}; }

RegisterFault const registered{{
    .name = kind,
    .summary = "established connections are reset, once; both ends are told",
    .options = flow_options(),
    .plan = plan,
    .needs = needs,
    .sweep = kept(restore_all(marked)),
    .residue = kept(marked_residue(marked)),
}};

}  // namespace
}  // namespace interregnum
