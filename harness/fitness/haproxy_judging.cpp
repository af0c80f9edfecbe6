// SPDX-License-Identifier: MIT
#include "harness/fitness/haproxy_judging.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string_view endpoint_of(std::string_view check_path) {
    return check_path.substr(0, check_path.find('?'));
}

bool asks_patroni(std::string_view check_path) {
    constexpr std::array<std::string_view, 19> endpoints{
        "/primary", "/read-write",     "/leader",         "/master",
        "/replica", "/standby-leader", "/standby_leader", "/read-only",
        "/sync",    "/synchronous",    "/read-only-sync", "/read-only-synchronous",
        "/async",   "/asynchronous",   "/quorum",         "/read-only-quorum",
        "/health",  "/liveness",       "/readiness"};
    return std::ranges::find(endpoints, endpoint_of(check_path)) != endpoints.end();
}

void judge_expects(HaproxyPool const& pool, std::string const& where,
                   std::string const& consequence, ItemResult& result) {
    constexpr char const* remedy = "http-check expect status 200";
    constexpr int yes = 200;
    constexpr int no = 503;
    constexpr std::size_t longest_shown = 300;
    if (pool.expects.empty()) return;
    std::string rules;
    for (HttpExpectation const& rule : pool.expects)
        rules +=
            fmt::format("{}http-check expect {}", rules.empty() ? "" : ", ", fmt::join(rule, " "));
    if (rules.size() > longest_shown) rules.replace(longest_shown, std::string::npos, "...");
    auto const on_no = passes_check(pool.expects, no);
    if (on_no.value_or(false)) {
        result.stop(fmt::format("{}: its check takes status 503 for a yes ({})", where, rules),
                    consequence, remedy);
        return;
    }
    if (!passes_check(pool.expects, yes).value_or(true)) {
        result.stop(fmt::format("{}: its check takes status 200 for a no ({})", where, rules),
                    "no server is ever up", remedy);
        return;
    }
    if (!on_no) {
        result.unknown(fmt::format("{}: whether its check refuses a server that answers 503 ({})",
                                   where, rules));
        return;
    }
    // What a Patroni says that does not know the path or the method, or is in trouble.
    for (int const neither : {404, 500, 501})
        if (passes_check(pool.expects, neither).value_or(false)) {
            result.warn(
                fmt::format("{}: its check takes status {} for a yes ({})", where, neither, rules),
                consequence, remedy);
            return;
        }
}

}  // namespace interregnum
