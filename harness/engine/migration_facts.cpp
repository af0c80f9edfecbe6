// SPDX-License-Identifier: MIT
#include "harness/engine/migration_facts.h"

#include <algorithm>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "harness/base/clock.h"
#include "harness/base/database_url.h"
#include "harness/base/log.h"
#include "harness/base/units.h"

namespace interregnum {

namespace {

constexpr Duration between_words = std::chrono::seconds(2);

/// One of the two databases while it is read; its own thread's.
struct Side {
    CensusPlace const* place{};
    char const* name{};
    std::unique_ptr<Census> census;
    Catalogue has;
    std::string problem;
    struct Sum {
        std::optional<TableSum> whole;
        std::optional<TableSum> same_typed;
        std::string problem;
    };
    std::vector<Sum> sums;  ///< of the tables that both have
    std::int64_t written{};
};

void open(Side& side, std::stop_token const& stop) {
    CensusKind const* const kind = Registry<CensusKind>::find("postgresql");
    if (kind == nullptr) {
        side.problem = "this program was built without a reader of PostgreSQL";
        return;
    }
    auto opened = kind->open(*side.place, stop);
    if (!opened) {
        side.problem = opened.error().message;
        return;
    }
    side.census = std::move(*opened);
    auto has = side.census->catalogue();
    if (has)
        side.has = std::move(*has);
    else
        side.problem = has.error().message;
}

/// The columns of a table that both have, with this side's types.
TableCensus of_side(ComparedTable const& table, Catalogue const& has, bool same_typed) {
    TableCensus const& whole = *std::ranges::find(has.tables, table.name, &TableCensus::name);
    TableCensus part{.name = table.name, .columns = {}, .estimated_rows = whole.estimated_rows};
    auto const both_have = [&](ColumnCensus const& column) {
        return std::ranges::find(table.columns, column.name, &ColumnCensus::name) !=
               table.columns.end();
    };
    auto const retyped = [&](ColumnCensus const& column) {
        return std::ranges::any_of(table.retyped, [&](Sides<ColumnCensus> const& one) {
            return one.source.name == column.name;
        });
    };
    for (ColumnCensus const& column : whole.columns)
        if (both_have(column) && !(same_typed && retyped(column))) part.columns.push_back(column);
    return part;
}

void read(Side& side, std::vector<ComparedTable> const& tables, std::stop_token const& stop) {
    SteadyClock clock;
    Instant spoken = clock.now();
    for (std::size_t index = 0; index < tables.size(); ++index) {
        ComparedTable const& table = tables[index];
        Side::Sum& sum = side.sums[index];
        sum.problem = table.problem;
        if (stop.stop_requested()) sum.problem = "interrupted";
        if (!sum.problem.empty()) continue;
        TableCensus const whole = of_side(table, side.has, false);
        if (index == 0 || clock.now() - spoken >= between_words ||
            whole.estimated_rows > 1'000'000) {
            log::info(
                "migration.reads",
                fmt::format("{}: {}, table {} of {}{}", side.name, table.name.text(), index + 1,
                            tables.size(),
                            whole.estimated_rows > 0
                                ? fmt::format(", about {} rows", format_count(whole.estimated_rows))
                                : ""));
            spoken = clock.now();
        }
        auto all = side.census->sum(whole);
        if (!all) {
            sum.problem = all.error().message;
            continue;
        }
        sum.whole = std::move(*all);
        // Read twice, but only where a type was changed.
        if (table.retyped.empty()) continue;
        if (auto same = side.census->sum(of_side(table, side.has, true)))
            sum.same_typed = std::move(*same);
    }
    if (stop.stop_requested()) return;
    if (auto const written = side.census->written_meanwhile())
        side.written = *written;
    else
        side.problem = written.error().message;
}

void put_together(Side const& source, Side const& target, std::vector<ComparedTable>& tables) {
    for (std::size_t index = 0; index < tables.size(); ++index) {
        ComparedTable& table = tables[index];
        Side::Sum const& of_source = source.sums[index];
        Side::Sum const& of_target = target.sums[index];
        if (of_source.whole && of_target.whole)
            table.whole = Sides<TableSum>{*of_source.whole, *of_target.whole};
        if (of_source.same_typed && of_target.same_typed)
            table.same_typed = Sides<TableSum>{*of_source.same_typed, *of_target.same_typed};
        if (table.whole || !table.problem.empty()) continue;
        table.problem = of_source.whole ? "the target: " + of_target.problem
                                        : "the source: " + of_source.problem;
    }
}

}  // namespace

Migration ask_migration(MigrationSides const& sides, std::stop_token stop) {
    Side source{.place = &sides.source, .name = "source"};
    Side target{.place = &sides.target, .name = "target"};
    {
        std::jthread const other([&] { open(target, stop); });
        open(source, stop);
    }
    std::vector<ComparedTable> tables;
    if (source.problem.empty() && target.problem.empty()) {
        tables = tables_of_both(source.has, target.has);
        source.sums.resize(tables.size());
        target.sums.resize(tables.size());
        {
            std::jthread const other([&] { read(target, tables, stop); });
            read(source, tables, stop);
        }
        put_together(source, target, tables);
    }
    return {.where = {shown_database_url(sides.source.url), shown_database_url(sides.target.url)},
            .problem = {std::move(source.problem), std::move(target.problem)},
            .has = {std::move(source.has), std::move(target.has)},
            .tables = std::move(tables),
            .written = {source.written, target.written}};
}

}  // namespace interregnum
