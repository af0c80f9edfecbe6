// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/view.h"

namespace interregnum {

/// Where HAProxys send customers to nodes that cannot serve them, one sentence each; empty where
/// all is well or cannot be told. What customers write to PostgreSQL has to go to the leader alone,
/// and what they send to Redis to the master alone that the Sentinels name.
///
/// Asked are those application nodes that customers dial for it: by the node's address or by one
/// of no node (a virtual address); not where the databases are dialled directly. A server is a
/// node's by its address, else by that node's name or address in the server's name. Which of a
/// HAProxy's backends it is that customers dial is told by the first of these that tells anything:
///   - the port at which it listens: then each backend with an entry point's port has to be right;
///   - the port of its servers: that of PostgreSQL or of Redis on the nodes;
///   - for Redis, a backend's name that says so; for PostgreSQL, whatever is left, but where
///   customers
///     dial an address of no node only one whose name says so.
/// They may name several, of other uses too (the first where a port is open at several addresses):
/// then one of them has to be right, and those are left out that are named for replicas. Of several
/// backup servers the first is taken for the one in use (`option allbackups` is not in the page).
[[nodiscard]] std::vector<std::string> misrouted(ClusterView const& view);

}  // namespace interregnum
