// SPDX-License-Identifier: MIT
#include "harness/faults/support/packets.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/faults/support/node_script.h"
#include "harness/faults/support/packet_scripts.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {

namespace {

using namespace std::chrono_literals;

/// Where nobody listens: "discard".
constexpr std::uint16_t unused_port = 9;

std::string for_nft(Duration span) {
    return fmt::format("{}ms", std::chrono::ceil<std::chrono::milliseconds>(span).count());
}

/// network.partition: network_partition, the stem of its chains' names.
std::string chain_stem(std::string_view kind) {
    std::string stem(kind);
    std::ranges::replace(stem, '.', '_');
    return stem;
}

/// "tcp dport { 5432 } " and "tcp sport { 5432 } ": a service is at either end.
std::vector<std::string> matches(PacketRules const& rules, bool incoming) {
    auto const& given = incoming ? rules.match_in : rules.match_out;
    if (!given.empty()) return {given.begin(), given.end()};
    if (rules.ports.empty()) return {""};
    std::string const list = fmt::format("{}", fmt::join(rules.ports, ", "));
    return {fmt::format("tcp dport {{ {} }} ", list), fmt::format("tcp sport {{ {} }} ", list)};
}

/// One chain: the exemptions, the lease, then what is done to whom.
std::string chain(PacketRules const& rules, bool incoming) {
    std::string_view const far = incoming ? "saddr" : "daddr";
    std::string text = fmt::format(
        "  chain {}_{} {{\n"
        "    type filter hook {} priority -310; policy accept;\n",
        chain_stem(rules.kind), incoming ? "in" : "out", incoming ? "prerouting" : "postrouting");
    if (!rules.loopback)
        text += fmt::format("    {} \"lo\" accept\n", incoming ? "iifname" : "oifname");
    text += fmt::format(
        "    ip {0} . tcp {1} @ssh4 accept\n"
        "    ip6 {0} . tcp {1} @ssh6 accept\n"
        "    ip {0} 169.254.169.254 accept\n"
        "    ip6 {0} fd00:ec2::254 accept\n",
        far, incoming ? "dport" : "sport");
    text +=
        "    icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, "
        "nd-neighbor-advert, nd-redirect } accept\n"
        "    meta nfproto != @lease accept\n";
    std::vector<std::string> whom;
    if (rules.who == PacketRules::Who::strangers)
        text += fmt::format("    ip {0} @peer4 accept\n    ip6 {0} @peer6 accept\n", far);
    if (rules.who == PacketRules::Who::strangers && incoming)
        text += "    ether saddr @peer_mac accept\n";
    if (rules.who == PacketRules::Who::peers) {
        whom = {fmt::format("ip {} @peer4 ", far), fmt::format("ip6 {} @peer6 ", far)};
        // The hardware address of the other end is not known yet when a packet leaves.
        if (incoming) whom.emplace_back("ether saddr @peer_mac ");
    } else {
        whom = {""};
    }
    std::string const chance =
        rules.share < 10000 ? fmt::format("numgen random mod 10000 < {} ", rules.share) : "";
    for (std::string const& who : whom)
        for (std::string const& port : matches(rules, incoming))
            text += fmt::format("    {}{}{}counter name hit {}\n", who, port, chance,
                                rules.into_class ? "meta priority set 7c:20 accept" : "drop");
    return text + "  }\n";
}

/// Long enough for the first renewal, which comes after a third of the lease.
Duration first_lease(Duration lease) {
    return std::min(lease, std::max<Duration>(8s, lease / 3 + 3s));
}

}  // namespace

std::string packet_table(std::string_view id, PacketRules const& rules, Duration lease) {
    std::string text = fmt::format(
        "add table inet interregnum_{0}\ndelete table inet interregnum_{0}\n"
        "table inet interregnum_{0} {{\n"
        "  set lease {{ type nf_proto; flags timeout; elements = "
        "{{ ipv4 timeout {1}, ipv6 timeout {1} }}; }}\n"
        "  set ssh4 {{ type ipv4_addr . inet_service; }}\n"
        "  set ssh6 {{ type ipv6_addr . inet_service; }}\n"
        "  set peer4 {{ type ipv4_addr; }}\n"
        "  set peer6 {{ type ipv6_addr; }}\n"
        "  set peer_mac {{ type ether_addr; }}\n"
        "  set flow4 {{ type ipv4_addr . inet_service . ipv4_addr . inet_service; }}\n"
        "  set flow6 {{ type ipv6_addr . inet_service . ipv6_addr . inet_service; }}\n"
        "  counter hit {{ }}\n",
        id, for_nft(lease));
    if (rules.in) text += chain(rules, true);
    if (rules.out) text += chain(rules, false);
    return text + "}\n";
}

void add_packet_rules(FaultPlan& plan, FaultRequest const& request, PacketRules const& rules) {
    std::vector<std::string> arguments = {
        request.id, packet_table(request.id, rules, first_lease(request.lease))};
    arguments.insert(arguments.end(), rules.peers.begin(), rules.peers.end());
    arguments.emplace_back("--");
    arguments.insert(arguments.end(), rules.bystanders.begin(), rules.bystanders.end());
    plan.inject.push_back(node_script(rules.node, packet_script::inject, std::move(arguments)));
    plan.undo.push_back(node_script(rules.node, packet_script::undo, {request.id}));
    plan.renew.push_back(
        node_script(rules.node, packet_script::renew, {request.id, for_nft(request.lease)}, 2s));
}

void add_packet_evidence(FaultPlan& plan, FaultRequest const& request,
                         std::vector<std::string> const& nodes,
                         std::vector<Provocation> const& provocations, Duration within) {
    std::map<std::string, std::vector<std::string>> again;
    for (Provocation const& one : provocations) {
        std::string const ports = one.ports.empty() ? std::to_string(unused_port)
                                                    : fmt::format("{}", fmt::join(one.ports, " "));
        std::vector<std::string> arguments = {request.id, std::to_string(one.attempts), ports};
        arguments.insert(arguments.end(), one.peers.begin(), one.peers.end());
        if (one.attempts > 1) again.emplace(one.node, arguments);
        plan.evidence.push_back(
            {.what = one.node + " has the rules in force",
             .command = node_script(one.node, packet_script::provoke, std::move(arguments)),
             .relation = Evidence::Relation::succeeds,
             .within = within});
    }
    for (std::string const& node : nodes) {
        Evidence evidence{.what = "packets came under the rules on " + node,
                          .command = node_script(node, packet_script::hit, {request.id}),
                          .relation = Evidence::Relation::succeeds,
                          .within = within};
        // Where chance decides, each look tries again.
        if (auto const more = again.find(node); more != again.end())
            evidence.command = node_script(
                node, std::string(packet_script::provoke) + std::string(packet_script::hit),
                more->second);
        plan.evidence.push_back(std::move(evidence));
    }
}

namespace {

/// Names the tables of a kind, one a line in $tables. A table's chains carry the kind's name.
std::string find_tables(std::string_view kind) {
    return fmt::format(R"sh(
command -v nft >/dev/null || exit 0
tables=$(nft list chains inet 2>/dev/null | awk '
    $1 == "table" {{ name = $3 }}
    $1 == "chain" && ($2 == "{0}_in" || $2 == "{0}_out") && name ~ /^interregnum_/ {{ print name }}
    ' | sort -u)
)sh",
                       chain_stem(kind));
}

}  // namespace

std::string packet_sweep(std::string_view kind) {
    return find_tables(kind) + fmt::format(R"sh(
status=0
for table in $tables; do
    if nft "delete table inet $table"; then echo "removed {0}: table inet $table"; else status=1; fi
done
exit $status
)sh",
                                           kind);
}

std::string packet_residue(std::string_view kind) {
    return find_tables(kind) + R"sh(
for table in $tables; do
    if nft list set inet "$table" lease 2>/dev/null | grep -q ipv4
    then echo "in force: table inet $table"; else echo "expired: table inet $table"; fi
done
)sh";
}

FaultKind packet_kind(FaultKind own) {
    if (own.needs == nullptr)
        own.needs = [](Options const&) { return std::vector<std::string_view>{"nft"}; };
    own.sweep = kept(packet_sweep(own.name));
    own.residue = kept(packet_residue(own.name));
    return own;
}

}  // namespace interregnum
