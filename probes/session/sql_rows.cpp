// SPDX-License-Identifier: MIT
#include "probes/session/sql_rows.h"

#include <charconv>

namespace interregnum {

std::string SqlRows::text(std::size_t row, std::size_t column) const {
    if (row >= rows.size() || column >= rows[row].size()) return {};
    return rows[row][column].value_or("");
}

std::int64_t SqlRows::number(std::size_t row, std::size_t column) const {
    std::string const value = text(row, column);
    std::int64_t parsed = 0;
    std::from_chars(value.data(), value.data() + value.size(), parsed);
    return parsed;
}

bool SqlRows::flag(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }

}  // namespace interregnum
