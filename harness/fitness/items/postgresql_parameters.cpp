// SPDX-License-Identifier: MIT
#include <array>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

// A standby where one of these is smaller than the leader's does not start or stops replaying
// (PostgreSQL's documentation, "Hot Standby", administrator's overview).
constexpr std::array<char const*, 5> at_least{"max_connections", "max_wal_senders",
                                              "max_worker_processes", "max_prepared_transactions",
                                              "max_locks_per_transaction"};
constexpr std::array<char const*, 7> alike{"shared_buffers",
                                           "work_mem",
                                           "statement_timeout",
                                           "wal_level",
                                           "wal_keep_size",
                                           "max_slot_wal_keep_size",
                                           "idle_in_transaction_session_timeout"};

void compare(FitnessNode const& leader, FitnessNode const& node, ItemResult& result) {
    for (char const* name : at_least) {
        std::string const key = fmt::format("setting.{}", name);
        auto const there = leader.facts.number(key);
        auto const here = node.facts.number(key);
        if (there && here && *here < *there)
            result.stop(fmt::format("{}: {} is {}, on the leader {} it is {}", node.name, name,
                                    *here, leader.name, *there),
                        "that standby stops replaying or does not start: it is no spare",
                        fmt::format("patronictl edit-config: postgresql.parameters.{}, and "
                                    "restart {}",
                                    name, node.name));
    }
    for (char const* name : alike) {
        std::string const key = fmt::format("setting.{}", name);
        auto const there = leader.facts.find(key);
        auto const here = node.facts.find(key);
        if (there && here && *there != *here)
            result.warn(fmt::format("{} is {} on {}, {} on {}", name, *there, leader.name, *here,
                                    node.name),
                        "after a failover PostgreSQL behaves otherwise than before",
                        "set it in Patroni's dynamic configuration, for all members");
    }
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("no leader to compare with");
        return;
    }
    if (!result.needs(*leader, "setting")) return;
    for (FitnessNode const* node : facts.group("db"))
        if (node != leader && result.needs(*node, "setting")) compare(*leader, *node, result);
}

RegisterFitnessItem const registered{{.name = "postgresql.parameters",
                                      .summary = "settings agree on all database nodes",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
