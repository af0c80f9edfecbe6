// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "harness/fitness/haproxy_pools.h"
#include "harness/fitness/item.h"

namespace interregnum {

/// Judges what serves these ports on each application node; a node whose configuration is not
/// known, a port that nothing there binds, and a pool without servers (`server-template` is not
/// followed) are added as not known.
void each_pool(ClusterFacts const& facts, std::vector<std::uint16_t> const& ports,
               ItemResult& result,
               std::function<void(FitnessNode const&, HaproxyPool const&)> const& judge);

}  // namespace interregnum
