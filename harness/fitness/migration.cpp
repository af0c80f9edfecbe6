// SPDX-License-Identifier: MIT
#include "harness/fitness/migration.h"

#include <algorithm>

namespace interregnum {

namespace {

ComparedTable compared(TableCensus const& source, TableCensus const& target) {
    ComparedTable table{.name = source.name};
    for (ColumnCensus const& column : source.columns) {
        auto const same = std::ranges::find(target.columns, column.name, &ColumnCensus::name);
        if (same == target.columns.end()) continue;
        table.columns.push_back(column);
        if (same->type != column.type) table.retyped.push_back({.source = column, .target = *same});
    }
    if (!source.problem.empty())
        table.problem = "the source: " + source.problem;
    else if (!target.problem.empty())
        table.problem = "the target: " + target.problem;
    return table;
}

}  // namespace

std::vector<ComparedTable> tables_of_both(Catalogue const& source, Catalogue const& target) {
    std::vector<ComparedTable> tables;
    for (TableCensus const& table : source.tables) {
        auto const same =
            std::ranges::lower_bound(target.tables, table.name, {}, &TableCensus::name);
        if (same != target.tables.end() && same->name == table.name)
            tables.push_back(compared(table, *same));
    }
    return tables;
}

SequenceCensus const* counterpart(SequenceCensus const& sequence, Catalogue const& target) {
    for (SequenceCensus const& other : target.sequences) {
        bool const of_column = !sequence.column.empty() && other.table == sequence.table &&
                               other.column == sequence.column;
        if (of_column) return &other;
    }
    for (SequenceCensus const& other : target.sequences)
        if (other.name == sequence.name) return &other;
    return nullptr;
}

}  // namespace interregnum
