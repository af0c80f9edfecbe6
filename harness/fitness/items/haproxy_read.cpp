// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/fitness/haproxy_judging.h"

namespace interregnum {
namespace {

/// Paths of Patroni that a replica answers with 200 however far it is behind.
bool may_be_behind(std::string_view path) {
    constexpr std::array<std::string_view, 7> paths{
        "/replica",          "/read-only", "/read-only-sync", "/read-only-synchronous",
        "/read-only-quorum", "/async",     "/asynchronous"};
    return std::ranges::find(paths, endpoint_of(path)) != paths.end();
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    each_pool(
        facts, facts.read_ports, result, [&](FitnessNode const& node, HaproxyPool const& pool) {
            std::string const where =
                fmt::format("{}: {} (port {})", node.name, pool.name, pool.port);
            if (pool.checked < pool.servers || pool.check_path.empty()) {
                result.stop(where + ": not every server has an HTTP check",
                            "reads are sent to servers that are down",
                            "option httpchk GET /replica?lag=10MB");
                return;
            }
            if (asks_patroni(pool.check_path))
                judge_expects(pool, where,
                              "reads are sent to servers that said they cannot serve them", result);
            if (may_be_behind(pool.check_path) && !pool.check_path.contains("lag="))
                result.warn(
                    fmt::format("{}: its check is {}, without ?lag=", where, pool.check_path),
                    "a replica that is minutes behind still answers: customers see "
                    "tickets that are sold",
                    "option httpchk GET /replica?lag=10MB");
        });
}

RegisterFitnessItem const registered{{.name = "haproxy.read",
                                      .summary = "reads go to replicas that are not far behind",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
