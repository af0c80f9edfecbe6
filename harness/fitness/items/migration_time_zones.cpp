// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/fitness/item.h"
#include "harness/fitness/migration.h"

namespace interregnum {
namespace {

constexpr char const* without_zone = "timestamp without time zone";

/// The kind of time without its precision: "timestamp(3) with time zone" is "timestamp with time
/// zone".
std::string kind_of(std::string type) {
    std::size_t const open = type.find('(');
    std::size_t const close = type.find(')', open);
    if (open != std::string::npos && close != std::string::npos) type.erase(open, close - open + 1);
    return type;
}

/// By how much all times of a column may have been moved: both ends by the same whole number of
/// quarters of an hour, as time zones differ.
std::optional<std::int64_t> shift_ms(TimeSpan const& source, TimeSpan const& target) {
    if (!source.least_ms || !target.least_ms || !source.greatest_ms || !target.greatest_ms)
        return std::nullopt;
    constexpr std::int64_t quarter = 15LL * 60 * 1000;
    constexpr std::int64_t widest = 26LL * 60 * 60 * 1000;  // from UTC-12 to UTC+14
    std::int64_t const least = *target.least_ms - *source.least_ms;
    std::int64_t const greatest = *target.greatest_ms - *source.greatest_ms;
    if (least == 0 || least != greatest || least % quarter != 0 || least > widest ||
        least < -widest)
        return std::nullopt;
    return least;
}

void judge_types(ComparedTable const& table, ItemResult& result) {
    for (auto const& [source, target] : table.retyped) {
        if (!source.is_time() && !target.is_time()) continue;
        if (kind_of(source.type) == kind_of(target.type)) continue;
        result.stop(fmt::format("{}.{} is {} in the source, {} in the target", table.name.text(),
                                source.name, source.type, target.type),
                    "the same value means another moment: sales begin, and vouchers and carts "
                    "expire, hours too early or too late",
                    "keep the type; or convert with AT TIME ZONE and the zone that the values "
                    "were written in");
    }
}

void judge_shifts(ComparedTable const& table, ItemResult& result) {
    if (!table.whole) return;
    for (TimeSpan const& source : table.whole->source.times) {
        auto const target =
            std::ranges::find(table.whole->target.times, source.column, &TimeSpan::column);
        auto const shift =
            target == table.whole->target.times.end() ? std::nullopt : shift_ms(source, *target);
        if (!shift) continue;
        result.stop(
            fmt::format("{}.{}: all times are {:+.2f} h from the source's", table.name.text(),
                        source.column, static_cast<double>(*shift) / 3'600'000.0),
            "they were read in one time zone and written in another: sales begin, and "
            "vouchers and carts expire, at the wrong hour",
            "copy the table anew with the same TimeZone in both sessions");
    }
}

std::vector<std::string> zones_of(Catalogue const& catalogue) {
    std::vector<std::string> texts;
    for (ZoneCensus const& one : catalogue.zones)
        texts.push_back(fmt::format("{} {}", one.whose, one.zone));
    return texts;
}

bool has_time_without_zone(Catalogue const& catalogue) {
    return std::ranges::any_of(catalogue.tables, [](TableCensus const& table) {
        return std::ranges::any_of(table.columns, [](ColumnCensus const& column) {
            return kind_of(column.type) == without_zone;
        });
    });
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!facts.migration->readable()) return;
    Migration const& moved = *facts.migration;
    for (ComparedTable const& table : moved.tables) {
        judge_types(table, result);
        judge_shifts(table, result);
    }
    Catalogue const& source = moved.has.source;
    Catalogue const& target = moved.has.target;
    bool const same_zone = source.time_zone == target.time_zone;
    if (same_zone && source.zones == target.zones) return;
    std::string const found =
        same_zone
            ? fmt::format("time zones that are set: in the source [{}], in the target [{}]",
                          fmt::join(zones_of(source), "; "), fmt::join(zones_of(target), "; "))
            : fmt::format("TimeZone is {} in the source, {} in the target", source.time_zone,
                          target.time_zone);
    constexpr char const* remedy =
        "ALTER DATABASE ... SET timezone (or ALTER ROLE) as in the source";
    if (has_time_without_zone(target))
        result.warn(found,
                    "now() and dates that are written into columns without a time zone become "
                    "other hours than before",
                    remedy);
    else
        result.note(found, "times are shown, and days begin, at other hours than before", remedy);
}

RegisterFitnessItem const registered{
    {.name = "migration.time_zones",
     .summary = "with --source: times mean the same moments as in the source",
     .judge = judge,
     .asked = [](ClusterFacts const& facts) { return facts.has_migration(); }}};

}  // namespace
}  // namespace interregnum
