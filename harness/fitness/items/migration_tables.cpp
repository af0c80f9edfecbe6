// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/fitness/item.h"
#include "harness/fitness/migration.h"

namespace interregnum {
namespace {

TableCensus const* find(std::vector<TableCensus> const& tables, TableName const& name) {
    auto const found = std::ranges::find(tables, name, &TableCensus::name);
    return found == tables.end() ? nullptr : &*found;
}

void judge_columns(TableCensus const& source, TableCensus const& target, ItemResult& result) {
    std::vector<std::string> missing;
    for (ColumnCensus const& column : source.columns)
        if (std::ranges::find(target.columns, column.name, &ColumnCensus::name) ==
            target.columns.end())
            missing.push_back(column.name);
    if (missing.empty()) return;
    result.stop(fmt::format("{}: the target has no column {}", source.name.text(),
                            fmt::join(missing, ", ")),
                "what stood in it is lost, and statements that name it fail",
                "migrate the schema first, then the rows; or say why it may go, and drop it in "
                "the source");
}

void judge(ClusterFacts const& facts, ItemResult& result) {
    Migration const& moved = *facts.migration;
    for (auto const& [where, problem] : {std::pair(&moved.where.source, &moved.problem.source),
                                         {&moved.where.target, &moved.problem.target}})
        if (!problem->empty())
            result.stop(fmt::format("{} could not be read: {}", *where, *problem),
                        "nobody knows whether anything arrived",
                        "make it reachable from here for a login that may SELECT, and look again");
    if (!moved.readable()) return;
    for (TableCensus const& table : moved.has.source.tables) {
        TableCensus const* const same = find(moved.has.target.tables, table.name);
        if (same != nullptr)
            judge_columns(table, *same, result);
        else
            result.stop(fmt::format("{}: the target has no such table", table.name.text()),
                        "its rows are lost, and statements that name it fail",
                        "migrate the schema first, then the rows");
    }
    for (TableCensus const& table : moved.has.target.tables)
        if (find(moved.has.source.tables, table.name) == nullptr)
            result.note(fmt::format("{}: only the target has it", table.name.text()),
                        "nothing compares it with anything", "be sure that it belongs there");
    if (moved.has.source.tables.empty())
        result.stop(fmt::format("{} has no table that this login sees", moved.where.source),
                    "nothing was compared", "name the right database, and a login that may see it");
}

RegisterFitnessItem const registered{
    {.name = "migration.tables",
     .summary = "with --source: all tables and columns of the source are there",
     .judge = judge,
     .asked = [](ClusterFacts const& facts) { return facts.has_migration(); }}};

}  // namespace
}  // namespace interregnum
