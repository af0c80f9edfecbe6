// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/fitness/haproxy_judging.h"

namespace interregnum {
namespace {

/// Paths of Patroni that only the leader answers with 200 (its REST API's documentation).
bool only_leader(std::string_view path) {
    constexpr std::array<std::string_view, 5> paths{"/", "/primary", "/read-write", "/master",
                                                    "/leader"};
    return std::ranges::find(paths, endpoint_of(path)) != paths.end();
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    each_pool(
        facts, facts.write_ports, result, [&](FitnessNode const& node, HaproxyPool const& pool) {
            std::string const where =
                fmt::format("{}: {} (port {})", node.name, pool.name, pool.port);
            if (pool.checked < pool.servers || !only_leader(pool.check_path))
                result.stop(fmt::format("{}: its check is {}, of {} of {} servers", where,
                                        pool.check_path.empty() ? "no httpchk" : pool.check_path,
                                        pool.checked, pool.servers),
                            "orders are sent to servers that cannot take them",
                            "option httpchk GET /primary, http-check expect status 200, and "
                            "`check port 8008` for every server");
            if (only_leader(pool.check_path) || asks_patroni(pool.check_path))
                judge_expects(pool, where, "orders are sent to servers that said they do not lead",
                              result);
            if (!pool.cuts_sessions)
                result.warn(where + ": no on-marked-down shutdown-sessions",
                            "open connections stay with a former leader and fail for as "
                            "long as the application keeps them",
                            "default-server ... on-marked-down shutdown-sessions");
            if (pool.has_backup)
                result.warn(where + ": a server is `backup`",
                            "it takes orders when the check of all others fails, leader or "
                            "not",
                            "no backup in the pool for writes");
        });
}

RegisterFitnessItem const registered{
    {.name = "haproxy.write", .summary = "orders go to the leader only", .judge = judge}};

}  // namespace
}  // namespace interregnum
