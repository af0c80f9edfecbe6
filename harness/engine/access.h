// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/cluster/view.h"
#include "harness/probe.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// How one node of the inventory is logged in to.
[[nodiscard]] SshTarget ssh_target(Inventory const& inventory, InventoryNode const& node,
                                   bool trust_new_hosts);

/// A transport for every node of the inventory; nothing is dialled yet.
[[nodiscard]] std::unique_ptr<Fleet> make_fleet(Inventory const& inventory, bool trust_new_hosts);

/// What probes need of an inventory. Clock, sink and origin are the caller's to set.
[[nodiscard]] ProbeContext probe_context(Inventory const& inventory, ClusterSecrets const& secrets);

/// Adds the addresses by which the view knows the nodes, and what the names among them resolve to.
void know_addresses(std::vector<ProbeNode>& nodes, ClusterView const& view,
                    std::stop_token const& stop);

/// Names of all nodes, in the inventory's order.
[[nodiscard]] std::vector<std::string> node_names(Inventory const& inventory);

/// What a node said when it was asked whether it may be drilled.
struct Consent {
    std::string node;
    std::string refusal;  ///< why it may not; "" when it may
    /// Set when there was no answer at all: the kind of error.
    std::optional<Error::Kind> no_session;
};
/// Asks all nodes side by side, in the inventory's order. Reads only.
[[nodiscard]] std::vector<Consent> ask_consent(Fleet& fleet, Inventory const& inventory,
                                               std::stop_token stop);

/// Opens every session and reads the opt-in marker of every node: a host that does not carry
/// `/etc/interregnum-allowed` with the cluster's name in its first line is not ours to drill.
/// All failures in one error, a line each. Reads only; touches nothing.
[[nodiscard]] Status connect_and_check_consent(Fleet& fleet, Inventory const& inventory,
                                               std::stop_token stop);

/// The file on a node that says which cluster's drills may touch it.
inline constexpr std::string_view consent_file = "/etc/interregnum-allowed";

}  // namespace interregnum
