// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

/// A role's zone stands as somebody wrote it, in letters of any size.
bool is_utc(std::string_view zone) {
    constexpr std::array<std::string_view, 6> names{"utc", "gmt",  "universal",
                                                    "uct", "zulu", "greenwich"};
    std::string const small = in_small_letters(zone);
    std::string_view name = small;
    if (name.starts_with("etc/")) name.remove_prefix(4);
    return std::ranges::find(names, name) != names.end();
}

constexpr char const* consequence =
    "a timestamp without zone means another instant there: sales begin and carts end at the wrong "
    "hour, also after a failover";

void judge(ClusterFacts const& facts, ItemResult& result) {
    for (FitnessNode const* node : facts.group("db")) {
        if (!result.needs(*node, "setting")) continue;
        auto const zone = node->facts.find("setting.TimeZone").value_or("");
        if (!is_utc(zone))
            result.warn(fmt::format("{}: TimeZone is \"{}\"", node->name, zone), consequence,
                        "patronictl edit-config: postgresql.parameters.timezone: UTC");
        auto const log_zone = node->facts.find("setting.log_timezone").value_or("");
        if (!is_utc(log_zone))
            result.note(fmt::format("{}: log_timezone is \"{}\"", node->name, log_zone),
                        "logs of several servers are hard to compare, twice a year impossible",
                        "patronictl edit-config: postgresql.parameters.log_timezone: UTC");
    }
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr || !result.needs(*leader, "role_setting")) return;
    for (std::string const& row : leader->facts.all("role_setting")) {
        auto const columns = columns_of(row, 3);
        constexpr std::string_view name = "timezone=";
        std::string const setting = in_small_letters(columns[2].substr(0, name.size()));
        if (setting != name || is_utc(columns[2].substr(name.size()))) continue;
        result.warn(fmt::format("role \"{}\", database \"{}\" (\"\" is any): {}", columns[0],
                                columns[1], columns[2]),
                    consequence, "reset TimeZone there (ALTER ROLE or ALTER DATABASE ... RESET)");
    }
}

RegisterFitnessItem const registered{{.name = "postgresql.timezone",
                                      .summary = "TimeZone is UTC on all nodes and for all roles",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
