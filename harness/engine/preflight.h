// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/engine/capabilities.h"
#include "harness/engine/migration_facts.h"
#include "harness/fault.h"
#include "harness/fitness/fitness.h"

namespace interregnum {

/// One node before any drill.
struct NodePreflight {
    InventoryNode node;
    std::string unreachable;  ///< why no session came about; "" when it did
    std::string no_consent;   ///< why it may not be drilled; "" when it may
    NodeCapabilities capabilities;

    [[nodiscard]] bool fit() const;
};

/// Which nodes a fault kind is possible on, at its default options.
struct KindPreflight {
    FaultKind const* kind{};
    /// A node that cannot, and the needs that it lacks.
    struct Lacking {
        std::string node;
        std::vector<std::string_view> needs;
    };
    std::vector<Lacking> lacking;
};

/// Whether a cluster can be drilled, and what each of its nodes can do. A value: looking is
/// `preflight`, the rest is pure.
struct Preflight {
    std::string cluster;
    std::vector<NodePreflight> nodes;  ///< in the inventory's order
    std::vector<KindPreflight> kinds;
    ClusterView view;
    std::vector<std::string> not_redundant;  ///< reasons; empty: fully redundant now
    /// The sudoers file that the login needs; "" when it is root.
    std::string sudoers;
    Fitness fitness;  ///< for production; empty when nobody looked

    /// Every node can be reached, consents, and lets us be root.
    [[nodiscard]] bool fit() const;
};

/// Connects to every node and looks; changes nothing. With `migration`, also compares those two
/// databases, which takes as long as reading them.
[[nodiscard]] Preflight preflight(Inventory const& inventory, ClusterSecrets const& secrets,
                                  bool trust_new_hosts,
                                  std::optional<MigrationSides> const& migration,
                                  std::stop_token stop);

/// What each registered kind lacks on which node. Nodes that could not be asked are left out.
[[nodiscard]] std::vector<KindPreflight> judge_kinds(std::vector<NodePreflight> const& nodes);

/// The members of etcd that answer, and how many of them may fail: "3 of 3 members healthy; 1
/// may fail".
[[nodiscard]] std::string etcd_quorum_text(ClusterView const& view);

/// Lines for `/etc/sudoers.d/interregnum`; "" for root.
[[nodiscard]] std::string needed_sudoers(SshAccess const& ssh);

[[nodiscard]] std::string preflight_text(Preflight const& found);
[[nodiscard]] std::string preflight_json(Preflight const& found);

}  // namespace interregnum
