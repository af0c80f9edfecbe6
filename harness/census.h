// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/registry.h"
#include "harness/base/result.h"
#include "harness/base/secret.h"

/// What there is in somebody's database, read so that two databases can be compared: after a
/// migration the new one is to hold what the old one held. Nothing is written.
namespace interregnum {

/// A table with its schema.
struct TableName {
    std::string schema;
    std::string name;

    [[nodiscard]] std::string text() const { return schema + '.' + name; }
    auto operator<=>(TableName const&) const = default;
};

struct ColumnCensus {
    std::string name;
    std::string type;  ///< as PostgreSQL says it: "timestamp with time zone", "numeric(10,2)"

    /// A date or a timestamp, with or without a time zone.
    [[nodiscard]] bool is_time() const { return type == "date" || type.starts_with("timestamp"); }
    auto operator<=>(ColumnCensus const&) const = default;
};

struct TableCensus {
    TableName name;
    std::vector<ColumnCensus> columns;  ///< by name; generated ones too
    std::int64_t estimated_rows{-1};    ///< the planner's, for words on progress; -1: none
    std::string problem;                ///< why its rows cannot be read; "" when they can
};

/// What hands out numbers.
struct SequenceCensus {
    TableName name;
    TableName table;     ///< the table that takes its values; empty: of no table
    std::string column;  ///< and the column
    std::int64_t increment{1};
    std::optional<std::int64_t> last;  ///< the number handed out last; nothing: none so far
    std::int64_t next{};               ///< the number that it hands out next
    /// The highest number in its column (the lowest, where it counts down); nothing: no row, or
    /// no column of whole numbers.
    std::optional<std::int64_t> reached;
    std::string problem;  ///< why it could not be read; "" when it was
};

/// A time zone that a database or a role has of its own.
struct ZoneCensus {
    std::string whose;  ///< "the database", "role app"
    std::string zone;
    auto operator<=>(ZoneCensus const&) const = default;
};

/// All of a database but its rows.
struct Catalogue {
    std::string version;                    ///< "16.4"
    std::string time_zone;                  ///< of this session, before anything was set
    std::vector<ZoneCensus> zones;          ///< those that are set
    std::vector<TableCensus> tables;        ///< by name; no system's tables, none of ours
    std::vector<SequenceCensus> sequences;  ///< by name
};

/// The least and the greatest time of a column, in milliseconds since 1970 (UTC; a time without a
/// zone is taken as UTC), infinite ones left out. Nothing: no row has one.
struct TimeSpan {
    std::string column;
    std::optional<std::int64_t> least_ms;
    std::optional<std::int64_t> greatest_ms;
    auto operator<=>(TimeSpan const&) const = default;
};

/// The rows of one table, as two numbers that do not depend on their order.
struct TableSum {
    std::int64_t rows{};
    /// The sum, over all rows, of 64 bits of the MD5 of the row's text. Rows that differ in a
    /// value, are missing or are there twice change it; that it stays the same by accident is as
    /// likely as 1 in 2^64.
    std::string sum;
    std::vector<TimeSpan> times;  ///< of the columns that are times
    auto operator<=>(TableSum const&) const = default;
};

/// A database that is being read. All of it is seen as it was at one moment; after a statement
/// that failed, what follows is seen as it is then. For one thread.
class Census {
public:
    virtual ~Census() = default;
    [[nodiscard]] virtual Result<Catalogue> catalogue() = 0;
    /// Reads the whole table, of it the columns that `what` has.
    [[nodiscard]] virtual Result<TableSum> sum(TableCensus const& what) = 0;
    /// How many rows were written since it was opened, by the server's statistics (they follow
    /// within a second). Ends the moment that is seen: call it last.
    [[nodiscard]] virtual Result<std::int64_t> written_meanwhile() = 0;
};

/// Where the database is.
struct CensusPlace {
    std::string url;  ///< without a password
    Secret password;  ///< empty: libpq's own ways ($PGPASSFILE)
    Duration longest_statement{};
};

/// A kind of database that can be read. Implemented by probes.
struct CensusKind {
    std::string_view name;  ///< "postgresql"
    /// Connects. A stop ends the statement under way.
    Result<std::unique_ptr<Census>> (*open)(CensusPlace const& place,
                                            std::stop_token stop){nullptr};
};
using RegisterCensus = Register<CensusKind>;

}  // namespace interregnum
