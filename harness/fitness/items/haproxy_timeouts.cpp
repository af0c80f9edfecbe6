// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/haproxy_judging.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    std::vector<std::uint16_t> ports = facts.write_ports;
    ports.insert(ports.end(), facts.read_ports.begin(), facts.read_ports.end());
    each_pool(facts, ports, result, [&](FitnessNode const& node, HaproxyPool const& pool) {
        std::string const where = fmt::format("{}: {} (port {})", node.name, pool.name, pool.port);
        for (auto const& [name, value] : {std::pair{"client", &pool.timeout_client},
                                          {"server", &pool.timeout_server},
                                          {"connect", &pool.timeout_connect}})
            if (value->empty())
                result.warn(fmt::format("{}: no timeout {}", where, name),
                            "connections that nobody serves any more are kept for ever",
                            fmt::format("timeout {}", name));
        // stream_shutdown() of HAProxy 2.6 passes over a stream whose request side is shut, so
        // on-marked-down does not end it.
        if (pool.limits_sessions && pool.timeout_server_fin.empty())
            result.warn(where + ": servers have a maxconn, and there is no timeout server-fin",
                        "customers who gave up on a leader that then died keep their places on it "
                        "for `timeout server`, whatever on-marked-down says: when it leads again, "
                        "nobody gets in",
                        "timeout server-fin 3s");
        if (pool.timeout_client != pool.timeout_server)
            result.note(fmt::format("{}: timeout client {} and server {} differ", where,
                                    pool.timeout_client, pool.timeout_server),
                        "the shorter one ends idle connections of the application's pool",
                        "make them alike, and longer than the pool keeps idle connections");
    });
    if (facts.group("app").size() < 2)
        result.warn(fmt::format("{} HAProxy in the inventory", facts.group("app").size()),
                    "when its server dies nobody can buy, though the database is well",
                    "two of them, and clients or an address that find the other");
}

RegisterFitnessItem const registered{{.name = "haproxy.timeouts",
                                      .summary = "timeouts are set; there are two of them",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
