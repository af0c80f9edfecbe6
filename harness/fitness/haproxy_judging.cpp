// SPDX-License-Identifier: MIT
#include "harness/fitness/haproxy_judging.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum {

void each_pool(ClusterFacts const& facts, std::vector<std::uint16_t> const& ports,
               ItemResult& result,
               std::function<void(FitnessNode const&, HaproxyPool const&)> const& judge) {
    for (FitnessNode const* node : facts.group("app")) {
        if (!result.needs(*node, "haproxy")) continue;
        auto const pools = haproxy_pools(node->facts.all("haproxy.line"), ports);
        for (std::uint16_t const port : ports)
            if (std::ranges::find(pools, port, &HaproxyPool::port) == pools.end())
                result.unknown(
                    fmt::format("{}: no section of HAProxy's configuration that is "
                                "understood binds port {}",
                                node->name, port));
        for (HaproxyPool const& pool : pools)
            if (pool.servers > 0)
                judge(*node, pool);
            else
                result.unknown(fmt::format("{}: {} (port {}) has no servers that are understood",
                                           node->name, pool.name, pool.port));
    }
}

}  // namespace interregnum
