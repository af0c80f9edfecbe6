// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fault.h"

namespace interregnum {

/// What one node does to packets, as an nftables table of its own, `inet interregnum_ID`.
///
/// Its chains come before everything of the owner's (priority -310), so that no rule that accepts
/// established connections hides the fault, and connection tracking never sees what is dropped.
/// Exempt always: the loopback interface, our SSH connection (its client's address and the port on
/// which sshd got it, both as the node sees them), IPv6 neighbour discovery, and the metadata
/// address of clouds. ARP never passes these hooks. A set holds the kernel's lease: when nobody
/// renews its element, no rule behind it matches any more.
struct PacketRules {
    std::string node;
    std::string_view kind;  ///< of the fault: its chains are named after it
    enum class Who {
        anybody,    ///< whatever the other side is
        peers,      ///< the other side is one of `peers`
        strangers,  ///< the other side is none of `peers`
    };
    Who who{Who::anybody};
    std::vector<std::string> peers;  ///< addresses or host names
    /// Other nodes: a peer is never matched by a hardware address that one of them has too.
    std::vector<std::string> bystanders;
    std::vector<std::uint16_t> ports;  ///< of services, at either end; none: everything
    bool in{true};                     ///< packets that arrive
    bool out{false};                   ///< packets that leave
    /// Of the packets, in hundredths of a percent.
    int share{10000};
    /// Instead of ports, matches as nft writes them, for packets that arrive and that leave.
    std::vector<std::string_view> match_in{};
    std::vector<std::string_view> match_out{};
    bool loopback{false};  ///< also on the loopback interface
    /// Not dropped but sent through the class 7c:20 of our queueing discipline.
    bool into_class{false};
};

/// Adds the commands to a plan: inject, undo, renew. What is in force first is a short kernel
/// lease, which the first renewal prolongs: it comes over the SSH session, so a fault that would
/// lock us out is over after a few seconds, however long its lease is.
void add_packet_rules(FaultPlan& plan, FaultRequest const& request, PacketRules const& rules);

/// A node that tries to reach others, so that there are packets for the fault to act on.
struct Provocation {
    std::string node;
    std::vector<std::string> peers;    ///< addresses
    std::vector<std::uint16_t> ports;  ///< none: one where nobody listens
    int attempts{1};                   ///< connections to each; more than one: again at each look
};

/// Adds evidence that the rules are in force and that packets came under them, on each node of
/// `nodes`. First all nodes of `provocations` try to reach their peers.
void add_packet_evidence(FaultPlan& plan, FaultRequest const& request,
                         std::vector<std::string> const& nodes,
                         std::vector<Provocation> const& provocations,
                         Duration within = std::chrono::seconds(5));

/// Completes a kind that makes packet rules: the sweep, the residue, and that it needs nft where it
/// says nothing of needs.
[[nodiscard]] FaultKind packet_kind(FaultKind own);

/// `FaultKind::sweep` and `residue` of such a kind.
[[nodiscard]] std::string packet_sweep(std::string_view kind);
[[nodiscard]] std::string packet_residue(std::string_view kind);

/// The table as nft reads it, but for what only the node knows (addresses, the SSH connection).
[[nodiscard]] std::string packet_table(std::string_view id, PacketRules const& rules,
                                       Duration first_lease);

}  // namespace interregnum
