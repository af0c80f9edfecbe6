// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr char const* stays_out =
    "a former leader cannot come back as a replica: after a failover there is one server less "
    "until somebody copies it anew";

/// The member's own file wins over the dynamic configuration (Patroni's documentation).
std::string_view effective(ClusterFacts const& facts, FitnessNode const& node,
                           std::string const& name) {
    if (auto const own = node.facts.find("yaml.postgresql." + name)) return *own;
    return facts.whole.find("config.postgresql." + name).value_or("false");
}

/// pg_rewind needs one of the two to find every page that changed (its documentation).
void judge_pages(FitnessNode const& node, ItemResult& result) {
    if (!result.needs(node, "setting")) return;
    if (!node.facts.on("setting.data_checksums") && !node.facts.on("setting.wal_log_hints"))
        result.stop(fmt::format("{}: data_checksums and wal_log_hints are both off", node.name),
                    "pg_rewind refuses: " + std::string(stays_out),
                    "patronictl edit-config: postgresql.parameters.wal_log_hints: 'on', and "
                    "restart; or pg_checksums --enable while it is stopped");
}

void judge_user(ClusterFacts const& facts, ItemResult& result) {
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr || !leader->facts.knows("yaml")) return;  // said elsewhere
    auto const user = leader->facts.find("yaml.postgresql.authentication.rewind.username");
    if (!user) return;  // then the superuser does it, who may
    if (!result.needs(*leader, "rewinder")) return;
    auto const& able = leader->facts.all("rewinder");
    if (std::ranges::find(able, *user) == able.end())
        result.stop(fmt::format("the rewind user \"{}\" may not read the leader's files", *user),
                    "pg_rewind fails: " + std::string(stays_out),
                    fmt::format("grant execute on pg_ls_dir(text, boolean, boolean), "
                                "pg_stat_file(text, boolean), pg_read_binary_file(text) and "
                                "pg_read_binary_file(text, bigint, bigint, boolean) to {}",
                                *user));
    for (std::string const& row : leader->facts.all("role_setting")) {
        auto const columns = columns_of(row, 3);
        if (columns[0] == *user && columns[2].starts_with("statement_timeout=") &&
            columns[2] != "statement_timeout=0")
            result.warn(fmt::format("the rewind user \"{}\" has {}", *user, columns[2]),
                        "pg_rewind of a large database is cut off in the middle",
                        fmt::format("ALTER ROLE {} SET statement_timeout = 0", *user));
    }
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!result.needs(facts, "config")) return;
    for (FitnessNode const* node : facts.group("db")) {
        bool const known = result.needs(*node, "yaml");
        bool const copied =
            says_on(effective(facts, *node, "remove_data_directory_on_diverged_timelines"));
        if (says_on(effective(facts, *node, "use_pg_rewind"))) {
            judge_pages(*node, result);
        } else if (!known) {
            continue;
        } else if (copied) {
            result.warn(node->name + ": use_pg_rewind is off, a former leader is copied anew",
                        "redundancy comes back only after a full copy of the database",
                        "patronictl edit-config: postgresql.use_pg_rewind: true");
        } else {
            result.stop(node->name + ": use_pg_rewind is off", stays_out,
                        "patronictl edit-config: postgresql.use_pg_rewind: true, with "
                        "data_checksums or wal_log_hints");
        }
    }
    judge_user(facts, result);
}

RegisterFitnessItem const registered{
    {.name = "patroni.rewind", .summary = "a former leader can be rewound", .judge = judge}};

}  // namespace
}  // namespace interregnum
