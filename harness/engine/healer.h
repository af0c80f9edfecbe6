// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/engine/cluster_state.h"

namespace interregnum {

/// What healing found and did, for people; and whether anything is left.
struct HealReport {
    std::vector<std::string> done;  ///< one sentence each
    std::vector<std::string> left;  ///< what could not be undone; empty: clean
    /// Nodes that were not swept because nobody has allowed drills there. They were looked at all
    /// the same.
    std::vector<std::string> untouched;
    [[nodiscard]] bool clean() const { return left.empty(); }
};

struct HealRequest {
    Inventory inventory;
    ClusterSecrets secrets;
    bool trust_new_hosts{};
    /// Also sweep every node that consents to drills for our names, whatever the journals say, and
    /// drop the shop.
    bool all{};
    /// Only look whether anything of ours is in force or left; undo nothing, wait for nothing but
    /// the silence of a node that may be gone.
    bool look_only{};
};

/// Undoes what earlier runs left: by their journals, and with `all` by name on every node that
/// allows drills. Then looks whether anything of ours is left and waits (up to 3 minutes) until the
/// cluster is redundant. A node that AWS is known to have taken back for good (gone_nodes.h) is
/// told in `done`, and the rest is done as if the cluster had never had it. `state` must be locked
/// by the caller. Safe to repeat.
[[nodiscard]] HealReport heal_cluster(HealRequest const& request, ClusterState& state,
                                      std::stop_token stop);

}  // namespace interregnum
