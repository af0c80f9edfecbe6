// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/fitness/facts.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// Asks what `judge_fitness` judges: a script on each of `reachable` (fitness_script.h), and from
/// here Patroni, etcd, Redis and Sentinel. Changes nothing, and never fails: what could not be
/// asked is not known, with the reason. Takes as long as the slowest node; a service that does
/// not answer costs 2 s for each question.
[[nodiscard]] ClusterFacts ask_fitness_facts(Fleet& fleet, Inventory const& inventory,
                                             ClusterSecrets const& secrets, ClusterView const& view,
                                             std::vector<std::string> const& reachable,
                                             std::stop_token stop);

}  // namespace interregnum
