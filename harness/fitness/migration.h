// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/census.h"

/// Two databases side by side: the source, from which a shop is moved, and the target, to which.
/// Values; asking for them is the engine's (`ask_migration`).
namespace interregnum {

template <class Value>
struct Sides {
    Value source;
    Value target;
};

/// A table that both have.
struct ComparedTable {
    TableName name;
    /// The columns that both have, by name, with the source's type.
    std::vector<ColumnCensus> columns;
    /// Those of them whose type is not the same: the source's and the target's.
    std::vector<Sides<ColumnCensus>> retyped;
    /// Over all `columns`; nothing where it could not be read.
    std::optional<Sides<TableSum>> whole;
    /// Over those of the same type only, where some are retyped and `whole` differs.
    std::optional<Sides<TableSum>> same_typed;
    std::string problem;  ///< why it could not be read; "" when it was
};

struct Migration {
    Sides<std::string> where;    ///< as they may be shown
    Sides<std::string> problem;  ///< why a side could not be read at all; "" when it was
    Sides<Catalogue> has;
    std::vector<ComparedTable> tables;
    /// Rows that were written while the sides were read, by the servers' statistics.
    Sides<std::int64_t> written;

    [[nodiscard]] bool readable() const { return problem.source.empty() && problem.target.empty(); }
};

/// The tables that both have, with nothing read of them yet.
[[nodiscard]] std::vector<ComparedTable> tables_of_both(Catalogue const& source,
                                                        Catalogue const& target);

/// The sequence of the target that stands for one of the source: of the same column of the same
/// table, or of the same name where it is no column's; nullptr: there is none.
[[nodiscard]] SequenceCensus const* counterpart(SequenceCensus const& sequence,
                                                Catalogue const& target);

}  // namespace interregnum
