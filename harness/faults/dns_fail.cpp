// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/packets.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kind = "dns.fail";

// A name that never exists, and a new one each time, so that no cache answers. The look does not
// wait for the resolver's own patience.
constexpr std::string_view ask = R"sh(
nft list set inet "interregnum_$1" lease 2>/dev/null | grep -q ipv4 ||
    { echo 'no rule of ours is in force' >&2; exit 1; }
read -r up _ </proc/uptime
timeout -s KILL 1 getent ahosts "interregnum-$$-${up%.*}.invalid" >/dev/null 2>&1
exit 0
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    // The questions leave and the answers are dropped: a resolver then waits, as it does when a
    // name server is gone. A question dropped on its way out would fail at once (EPERM).
    for (std::string const& target : targets)
        add_packet_rules(result, request,
                         {.node = target,
                          .kind = kind,
                          .match_in = {"udp sport 53 ", "tcp sport 53 "},
                          .loopback = true});
    for (std::string const& target : targets)
        result.evidence.push_back({.what = "a name was looked up on " + target,
                                   .command = node_script(target, ask, {id}),
                                   .relation = Evidence::Relation::succeeds});
    add_packet_evidence(result, request, targets, {});
    result.summary = fmt::format("no answers from name servers on {} for {}",
                                 fmt::join(targets, ", "), format_duration(result.hold));
    return result;
}

RegisterFault const registered{packet_kind({
    .name = kind,
    .summary = "name servers no longer answer a node (port 53), also local ones",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it lasts"},
        },
    .plan = plan,
})};

}  // namespace
}  // namespace interregnum
