// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "harness/base/secret.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/patroni.h"
#include "harness/cluster/view.h"

namespace interregnum {

/// Secrets of an inventory, read. Kept apart from it so that the inventory can be shown.
struct ClusterSecrets {
    Secret postgres;
    Secret redis;
    Secret patroni;
    Secret etcd;
};
[[nodiscard]] Result<ClusterSecrets> read_secrets(Inventory const& inventory);

/// Adds what a row of `GET /cluster` says of a node to what the node said of itself. The table
/// knows more (who is synchronous, the lag), but it is as old as the member's last heartbeat: of
/// a server that has just come back it tells what was before. So the node's own word wins where
/// the two disagree: it is no leader before it is a primary, and not running before it says so.
void take_row(NodeView& node, PatroniMember const& row);

/// Asks every node at once (Patroni, etcd, Sentinel, Redis on database nodes; HAProxy on
/// application nodes) and puts the answers together. Never fails: what could not be asked is in
/// `problems`. Takes as long as the slowest node, at most about `timeout` twice.
[[nodiscard]] ClusterView look_at_cluster(Inventory const& inventory, ClusterSecrets const& secrets,
                                          Duration timeout, std::stop_token stop);

}  // namespace interregnum
