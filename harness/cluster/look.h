// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "harness/base/secret.h"
#include "harness/cluster/inventory.h"
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

/// Asks every node at once (Patroni, etcd, Sentinel, Redis on database nodes; HAProxy on
/// application nodes) and puts the answers together. Never fails: what could not be asked is in
/// `problems`. Takes as long as the slowest node, at most about `timeout` twice.
[[nodiscard]] ClusterView look_at_cluster(Inventory const& inventory, ClusterSecrets const& secrets,
                                          Duration timeout, std::stop_token stop);

}  // namespace interregnum
