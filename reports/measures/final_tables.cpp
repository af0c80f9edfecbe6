// SPDX-License-Identifier: MIT
#include "reports/measures/final_tables.h"

#include <algorithm>

namespace interregnum {

std::vector<FinalTable> final_tables(record::Record const& record) {
    std::vector<FinalTable> tables;
    for (record::FinalRows const& part : record.final_rows) {
        auto found = std::ranges::find_if(tables, [&](FinalTable const& table) {
            return table.kind == part.kind && table.source == part.source;
        });
        if (found == tables.end()) {
            tables.push_back({.kind = part.kind, .source = part.source, .role = part.role});
            found = tables.end() - 1;
        }
        found->rows.insert(found->rows.end(), part.rows.begin(), part.rows.end());
        found->complete = found->complete || part.last;
    }
    return tables;
}

FinalTable const* leaders_table(std::vector<FinalTable> const& tables, std::string_view kind) {
    auto const found = std::ranges::find_if(tables, [&](FinalTable const& table) {
        return table.kind == kind && table.role != "replica" && table.complete;
    });
    return found == tables.end() ? nullptr : &*found;
}

}  // namespace interregnum
