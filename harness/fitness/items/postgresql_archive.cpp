// SPDX-License-Identifier: MIT
#include <charconv>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

void judge(ClusterFacts const& facts, ItemResult& result) {
    // PostgreSQL does not keep it, and every tool for backups has a place of its own.
    result.unknown(
        "age of the last base backup, and whether a restore was ever tried: ask the "
        "tool that makes backups");
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("the archiver: no leader");
        return;
    }
    if (!result.needs(*leader, "setting")) return;
    if (leader->facts.find("setting.archive_mode").value_or("off") == "off") {
        result.warn("archive_mode is off",
                    "a deleted table or a broken disk array takes everything since the last "
                    "backup with it; replicas repeat the mistake",
                    "archive WAL away from these servers, with a tool that also makes backups");
        return;
    }
    if (!result.needs(*leader, "archiver")) return;
    auto const row = leader->facts.find("archiver");
    auto const columns = columns_of(row.value_or(""), 3);  // failed, fails now, seconds since
    if (columns[1] == "t")
        result.stop(
            fmt::format("{}: the archiver fails ({} times so far)", leader->name, columns[0]),
            "WAL stays until the disk is full: then PostgreSQL stops; and there is no "
            "backup of now",
            "look at archive_command and PostgreSQL's log");
    std::int64_t seconds = 0;
    std::from_chars(columns[2].data(), columns[2].data() + columns[2].size(), seconds);
    constexpr std::int64_t hour = 3600;
    if (columns[2].empty())
        result.warn(leader->name + ": nothing was ever archived by it", "there is no backup of now",
                    "SELECT pg_switch_wal(), and look at PostgreSQL's log");
    else if (seconds > hour)
        result.note(fmt::format("{}: the last segment was archived {} minutes ago", leader->name,
                                seconds / 60),
                    "a restore loses what came since", "set archive_timeout");
}

RegisterFitnessItem const registered{{.name = "postgresql.archive",
                                      .summary = "WAL is archived, and there are backups",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
