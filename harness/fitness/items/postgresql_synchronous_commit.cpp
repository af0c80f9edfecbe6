// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

struct Where {
    std::string what;    ///< "role drill"
    std::string remedy;  ///< "ALTER ROLE drill RESET synchronous_commit"
};

void judge_level(std::string_view said, Where const& where, bool synchronous, ItemResult& result) {
    // A role's setting stands as somebody wrote it: 'OFF' is one, too.
    std::string const level = in_small_letters(said);
    std::string const found = fmt::format("{}: synchronous_commit is {}", where.what, level);
    if (says_off(level))
        result.stop(found,
                    "orders are acknowledged before they are on any disk: a crash loses the last "
                    "of them, in synchronous mode too",
                    where.remedy);
    else if (level == "local" && synchronous)
        result.stop(found,
                    "orders are acknowledged without waiting for the standby: a failover loses "
                    "them in spite of synchronous_mode",
                    where.remedy);
    else if (level == "remote_write" && synchronous)
        result.note(found,
                    "the standby acknowledges what it has not synced: if both servers lose power, "
                    "orders are lost",
                    where.remedy);
}

/// For which role, which database, or both.
Where where_of(std::string const& role, std::string const& database) {
    if (role.empty() && database.empty())
        return {.what = "all roles", .remedy = "ALTER ROLE ALL RESET synchronous_commit"};
    if (role.empty())
        return {.what = "database " + database,
                .remedy = fmt::format("ALTER DATABASE {} RESET synchronous_commit", database)};
    if (database.empty())
        return {.what = "role " + role,
                .remedy = fmt::format("ALTER ROLE {} RESET synchronous_commit", role)};
    return {.what = fmt::format("role {} in database {}", role, database),
            .remedy = fmt::format("ALTER ROLE {} IN DATABASE {} RESET synchronous_commit", role,
                                  database)};
}

/// Whether it is set for all roles in all databases: every node's sessions begin with that, and
/// what Patroni is told of it does nothing.
bool set_for_all(ClusterFacts const& facts) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) return false;
    return std::ranges::any_of(leader->facts.all("role_setting"), [](std::string const& row) {
        return row.starts_with("\t\tsynchronous_commit=");
    });
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    bool const synchronous = facts.whole.on("config.synchronous_mode") ||
                             facts.whole.find("config.synchronous_mode") == "quorum";
    std::string remedy = "patronictl edit-config: postgresql.parameters.synchronous_commit: 'on'";
    if (set_for_all(facts)) remedy += " (or `ALTER ROLE ALL RESET synchronous_commit`)";
    for (FitnessNode const* node : facts.group("db"))
        if (result.needs(*node, "setting"))
            judge_level(node->facts.find("setting.synchronous_commit").value_or("on"),
                        {.what = node->name, .remedy = remedy}, synchronous, result);
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("settings of roles and databases: no leader");
        return;
    }
    if (!result.needs(*leader, "role_setting")) return;
    for (std::string const& row : leader->facts.all("role_setting")) {
        auto const columns = columns_of(row, 3);
        constexpr std::string_view name = "synchronous_commit=";
        if (columns[2].starts_with(name))
            judge_level(columns[2].substr(name.size()), where_of(columns[0], columns[1]),
                        synchronous, result);
    }
}

RegisterFitnessItem const registered{{.name = "postgresql.synchronous_commit",
                                      .summary = "no role or database commits without its disk",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
