// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/flows.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/packets.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kind = "connection.blackhole";

// The rules are in force already, with empty sets: one transaction makes all flows silent.
constexpr std::string_view record_flows = R"sh(
command -v ss >/dev/null || { echo 'ss is missing: install iproute2' >&2; exit 1; }
elements=$(flows "$2" "$3" | while read -r far far_port own own_port; do
    case $far in *:*) set_name=flow6 ;; *) set_name=flow4 ;; esac
    echo "add element inet interregnum_$1 $set_name { $far . $far_port . $own . $own_port }"
done)
[ -n "$elements" ] || { echo 'no established connection of these services was found' >&2; exit 1; }
printf '%s\n' "$elements" | nft -f -
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    auto const choice = flow_choice(request);
    if (!choice) return std::unexpected(choice.error());
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const script = std::string(define_flows) + std::string(record_flows);
    for (std::string const& target : targets) {
        add_packet_rules(result, request,
                         {.node = target,
                          .kind = kind,
                          .in = true,
                          .out = true,
                          .match_in = {"ip saddr . tcp sport . ip daddr . tcp dport @flow4 ",
                                       "ip6 saddr . tcp sport . ip6 daddr . tcp dport @flow6 "},
                          .match_out = {"ip daddr . tcp dport . ip saddr . tcp sport @flow4 ",
                                        "ip6 daddr . tcp dport . ip6 saddr . tcp sport @flow6 "}});
        result.inject.push_back(node_script(target, script, {id, choice->ports, choice->percent}));
    }
    // Only the connections' own owners can send on them.
    add_packet_evidence(result, request, targets, {}, 15s);
    result.summary =
        fmt::format("{} fall silent for {}", choice->what, format_duration(result.hold));
    return result;
}

std::vector<OptionSpec> options() {
    std::vector<OptionSpec> all = flow_options();
    all.push_back({.name = "for",
                   .type = OptionType::duration,
                   .fallback = "60s",
                   .doc = "how long the silence lasts"});
    return all;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"nft", "ss"}; }

RegisterFault const registered{
    packet_kind({.name = kind,
                 .summary = "established connections die in silence while new ones work",
                 .options = options(),
                 .plan = plan,
                 .needs = needs})};

}  // namespace
}  // namespace interregnum
