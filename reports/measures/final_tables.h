// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// What the final reads found of one kind on one node, its pieces put together.
struct FinalTable {
    std::string kind;  ///< "orders", "seats", "tasks"... (record::FinalRows)
    std::string source;
    std::string role;  ///< "leader" or "replica"
    std::vector<record::FinalRow> rows;
    bool complete{};  ///< else rows may be missing, and nothing can be said of what is not there
};

/// One table for each kind and source, in the order of the record.
[[nodiscard]] std::vector<FinalTable> final_tables(record::Record const& record);

/// The leader's (or the Redis master's) complete table of a kind, or nullptr.
[[nodiscard]] FinalTable const* leaders_table(std::vector<FinalTable> const& tables,
                                              std::string_view kind);

}  // namespace interregnum
