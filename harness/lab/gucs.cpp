// SPDX-License-Identifier: MIT
#include "harness/lab/gucs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "harness/base/nearest.h"

namespace interregnum {
namespace {

/// Patroni sets these, or they would break the lab's addresses and paths.
constexpr std::array reserved{
    std::string_view("archive_cleanup_command"),
    std::string_view("cluster_name"),
    std::string_view("config_file"),
    std::string_view("data_directory"),
    std::string_view("external_pid_file"),
    std::string_view("hba_file"),
    std::string_view("hot_standby"),
    std::string_view("ident_file"),
    std::string_view("listen_addresses"),
    std::string_view("port"),
    std::string_view("primary_conninfo"),
    std::string_view("primary_slot_name"),
    std::string_view("promote_trigger_file"),
    std::string_view("restore_command"),
    std::string_view("synchronous_standby_names"),
    std::string_view("unix_socket_directories"),
};

struct Guc {
    std::string name;
    std::string type;  ///< BOOLEAN, INTEGER, REAL, STRING, ENUM
    std::string minimum;
    std::string maximum;
};

std::vector<Guc> read_table(std::string_view text) {
    std::istringstream lines{std::string(text)};
    std::vector<Guc> table;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream row(line);
        std::vector<std::string> fields;
        for (std::string field; std::getline(row, field, '\t');) fields.push_back(field);
        if (fields.size() >= 7) table.push_back({fields[0], fields[3], fields[5], fields[6]});
    }
    return table;
}

std::optional<double> number(std::string_view text) {
    double value{};
    auto const read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

Status check_value(Guc const& guc, std::string const& value) {
    constexpr std::array truths{std::string_view("on"), std::string_view("off"),
                                std::string_view("true"), std::string_view("false")};
    if (guc.type == "BOOLEAN" && std::ranges::find(truths, value) == truths.end())
        return fail(Error::Kind::invalid,
                    fmt::format("postgresql.{}={}: expected on or off", guc.name, value));
    if (guc.type != "INTEGER" && guc.type != "REAL") return {};
    auto const given = number(value);
    if (!given) {
        // "10s", "64MB": the server knows units; only what is no number at all is refused here.
        bool const starts_right = value[0] == '-' || (value[0] >= '0' && value[0] <= '9');
        if (starts_right) return {};
        return fail(Error::Kind::invalid,
                    fmt::format("postgresql.{}={}: expected a number", guc.name, value));
    }
    auto const low = number(guc.minimum);
    auto const high = number(guc.maximum);
    if ((low && *given < *low) || (high && *given > *high))
        return fail(Error::Kind::invalid, fmt::format("postgresql.{}={}: expected {} to {}",
                                                      guc.name, value, guc.minimum, guc.maximum));
    return {};
}

}  // namespace

Status check_gucs(LabSettings const& settings, std::string_view guc_table) {
    if (settings.gucs.empty()) return {};
    auto const table = read_table(guc_table);
    for (auto const& [name, value] : settings.gucs) {
        if (std::ranges::find(reserved, name) != reserved.end())
            return fail(Error::Kind::invalid,
                        fmt::format("--set: postgresql.{}: Patroni sets this one itself", name));
        if (name.find('.') != std::string::npos) continue;  // an extension's: not in the list
        auto const guc = std::ranges::find(table, name, &Guc::name);
        if (guc == table.end()) {
            std::vector<std::string> names;
            names.reserve(table.size());
            for (Guc const& row : table) names.push_back(row.name);
            return fail(Error::Kind::invalid,
                        fmt::format("--set: PostgreSQL 15 has no setting \"{}\"{}", name,
                                    did_you_mean(name, names)));
        }
        if (Status good = check_value(*guc, value); !good) return fail_in("--set", good.error());
    }
    return {};
}

}  // namespace interregnum
