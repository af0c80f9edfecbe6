// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fitness/haproxy_pools.h"
#include "harness/fitness/item.h"

namespace interregnum {

/// Judges what serves these ports on each application node; a node whose configuration is not
/// known, a port that nothing there binds, and a pool without servers (`server-template` is not
/// followed) are added as not known.
void each_pool(ClusterFacts const& facts, std::vector<std::uint16_t> const& ports,
               ItemResult& result,
               std::function<void(FitnessNode const&, HaproxyPool const&)> const& judge);

/// The path of a check without what it asks for: "/replica" of "/replica?lag=10MB".
[[nodiscard]] std::string_view endpoint_of(std::string_view check_path);

/// Whether it is one that Patroni's REST API answers with 200 for yes and 503 for no, and not one
/// of an agent of somebody's own ("/replica-ok"). "/", which Patroni has, too, is everybody's.
[[nodiscard]] bool asks_patroni(std::string_view check_path);

/// Judges what the pool's HTTP check takes for a yes; only for pools that ask Patroni. `where`
/// names the pool, `consequence` says what comes of a check that holds for servers that said no.
void judge_expects(HaproxyPool const& pool, std::string const& where,
                   std::string const& consequence, ItemResult& result);

}  // namespace interregnum
