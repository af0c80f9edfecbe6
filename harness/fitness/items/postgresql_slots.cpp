// SPDX-License-Identifier: MIT
#include <charconv>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

std::int64_t number_of(std::string const& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void judge_slot(std::string const& row, bool bounded, ItemResult& result) {
    auto const columns = columns_of(row, 5);  // name, type, active, retained bytes, wal_status
    std::int64_t const mebibytes = number_of(columns[3]) >> 20U;
    std::string const found =
        fmt::format("slot {} ({}) has no reader and retains {} MiB of WAL{}", columns[0],
                    columns[1], mebibytes, columns[4] == "lost" ? ", some of it lost" : "");
    std::string const remedy = fmt::format(
        "SELECT pg_drop_replication_slot('{}') unless its reader comes back", columns[0]);
    if (columns[4] == "lost" || columns[4] == "unreserved")
        result.warn(
            fmt::format("slot {} ({}): wal_status is {}", columns[0], columns[1], columns[4]),
            "its reader cannot follow any more and must be made anew", remedy);
    else if (columns[2] != "t")
        result.warn(found,
                    bounded ? "it retains WAL up to max_slot_wal_keep_size, then it is lost"
                            : "it retains WAL until the disk is full: then PostgreSQL stops on "
                              "the leader, and often nobody takes over",
                    remedy);
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("no leader");
        return;
    }
    if (!result.needs(*leader, "setting") || !result.needs(*leader, "slot")) return;
    bool const bounded = leader->facts.number("setting.max_slot_wal_keep_size").value_or(-1) >= 0;
    auto const& slots = leader->facts.all("slot");
    for (std::string const& row : slots) judge_slot(row, bounded, result);
    if (!bounded && !slots.empty())
        result.note("max_slot_wal_keep_size is -1 (no limit)",
                    "a standby that is away for long fills the leader's disk",
                    "patronictl edit-config: postgresql.parameters.max_slot_wal_keep_size, below "
                    "the free space");
}

RegisterFitnessItem const registered{
    {.name = "postgresql.slots", .summary = "no slot fills the disk with WAL", .judge = judge}};

}  // namespace
}  // namespace interregnum
