// SPDX-License-Identifier: MIT
#include "harness/lab/settings.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/nearest.h"

namespace interregnum {
namespace {

constexpr std::string_view guc_prefix = "postgresql.";
constexpr std::string_view defect_prefix = "defect=";

/// The lowest and highest value of an integer row that the service itself would accept.
struct Bounds {
    std::string_view name;
    std::int64_t low;
    std::int64_t high;
};

constexpr auto all_bounds = std::to_array<Bounds>({
    {"patroni.ttl", 20, 3600},
    {"patroni.loop_wait", 1, 3600},
    {"patroni.retry_timeout", 3, 3600},
    {"patroni.primary_start_timeout", 0, 86400},
    {"patroni.primary_stop_timeout", 0, 86400},
    {"patroni.synchronous_node_count", 1, 2},
    {"redis.parallel_syncs", 1, 2},
    {"redis.min_replicas_to_write", 0, 2},
    {"haproxy.fall", 1, 100},
    {"haproxy.rise", 1, 100},
});

Status check_bounds(OptionSpec const& spec, OptionValue const& value) {
    if (auto const* span = std::get_if<Duration>(&value); span != nullptr) {
        auto const whole = std::chrono::duration_cast<std::chrono::milliseconds>(*span);
        if (*span > std::chrono::hours(24) || whole != *span)
            return fail(Error::Kind::invalid,
                        fmt::format("{}: whole milliseconds, at most a day", spec.name));
        return {};
    }
    auto const* number = std::get_if<std::int64_t>(&value);
    auto const bounds = std::ranges::find(all_bounds, spec.name, &Bounds::name);
    if (number == nullptr || bounds == all_bounds.end()) return {};
    if (*number >= bounds->low && *number <= bounds->high) return {};
    return fail(Error::Kind::invalid, fmt::format("{}={}: expected {} to {}", spec.name, *number,
                                                  bounds->low, bounds->high));
}

bool good_guc_name(std::string_view name) {
    return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

bool good_guc_value(std::string_view value) {
    return !value.empty() && value.size() <= 200 &&
           std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

Status read_guc(LabSettings& settings, std::string_view name, std::string_view value) {
    name.remove_prefix(guc_prefix.size());
    if (!good_guc_name(name))
        return fail(Error::Kind::invalid,
                    fmt::format("postgresql.{}: expected the name of a PostgreSQL setting", name));
    if (!good_guc_value(value))
        return fail(Error::Kind::invalid,
                    fmt::format("postgresql.{}: expected 1 to 200 printable characters", name));
    settings.gucs[std::string(name)] = std::string(value);
    return {};
}

Status read_one(LabSettings& settings, std::string_view text) {
    auto const equals = text.find('=');
    if (equals == std::string_view::npos)
        return fail(Error::Kind::invalid, fmt::format("\"{}\": expected NAME=VALUE", text));
    std::string_view const name = text.substr(0, equals);
    std::string_view const value = text.substr(equals + 1);
    if (name.starts_with(guc_prefix)) return read_guc(settings, name, value);
    auto const& table = lab_settings_table();
    auto const spec = std::ranges::find(table, name, &OptionSpec::name);
    if (spec == table.end()) {
        std::vector<std::string> names;
        names.reserve(table.size());
        for (OptionSpec const& row : table) names.emplace_back(row.name);
        return fail(Error::Kind::invalid, fmt::format("the lab has no setting \"{}\"{}", name,
                                                      did_you_mean(name, names)));
    }
    auto const parsed = parse_option(*spec, value);
    if (auto const* expected = std::get_if<std::string>(&parsed); expected != nullptr)
        return fail(Error::Kind::invalid,
                    fmt::format("{}={}: expected {}", name, value, *expected));
    auto const& good = std::get<OptionValue>(parsed);
    if (Status fits = check_bounds(*spec, good); !fits) return fits;
    settings.values.set(std::string(name), good);
    return {};
}

}  // namespace

std::vector<std::string> LabSettings::lines() const {
    std::vector<std::string> lines;
    for (auto const& [name, value] : values.all())
        lines.push_back(fmt::format("{}={}", name, to_text(value)));
    for (auto const& [name, value] : gucs)
        lines.push_back(fmt::format("{}{}={}", guc_prefix, name, value));
    for (Defect const* defect : defects)
        lines.push_back(fmt::format("{}{}", defect_prefix, defect->name));
    std::ranges::sort(lines);
    return lines;
}

std::vector<std::string> LabSettings::warnings() const {
    std::vector<std::string> warnings;
    auto const ttl = values.integer("patroni.ttl");
    auto const loop_wait = values.integer("patroni.loop_wait");
    auto const retry_timeout = values.integer("patroni.retry_timeout");
    if (loop_wait + 2 * retry_timeout > ttl)
        warnings.push_back(fmt::format(
            "patroni: loop_wait {} + 2 x retry_timeout {} is more than ttl {}: when etcd is slow, "
            "a healthy leader may lose its lock",
            loop_wait, retry_timeout, ttl));
    if (values.flag("patroni.synchronous_mode_strict") && !values.flag("patroni.synchronous_mode"))
        warnings.emplace_back(
            "patroni: synchronous_mode_strict without synchronous_mode has no "
            "effect");
    return warnings;
}

Result<LabSettings> parse_lab_settings(std::span<std::string const> set,
                                       std::span<std::string const> defects) {
    LabSettings settings{.values = fallback_options(lab_settings_table()), .gucs = {}};
    for (std::string const& text : set)
        if (Status read = read_one(settings, text); !read) return fail_in("--set", read.error());
    auto found = find_defects(defects);
    if (!found) return std::unexpected(found.error());
    settings.defects = std::move(*found);
    for (Defect const* defect : settings.defects)
        for (std::string const& text : defect->settings)
            if (Status read = read_one(settings, text); !read)
                return fail_in(fmt::format("--defect {}", defect->name), read.error());
    return settings;
}

std::vector<Defect const*> defects_among(std::span<std::string const> lines) {
    std::vector<std::string> names;
    for (std::string const& line : lines)
        if (line.starts_with(defect_prefix)) names.push_back(line.substr(defect_prefix.size()));
    // A state file of another version may name one that there is no more.
    return find_defects(names).value_or(std::vector<Defect const*>{});
}

std::string describe_lab_settings() {
    std::string text;
    for (OptionSpec const& spec : lab_settings_table())
        text += fmt::format("  {:<34} {:<9} {}\n", spec.name,
                            spec.fallback.empty() ? "(unset)" : spec.fallback, spec.doc);
    text += fmt::format("  {:<34} {:<9} {}\n", "postgresql.NAME", "",
                        "any setting of PostgreSQL 15 that Patroni leaves to its users");
    return text;
}

}  // namespace interregnum
