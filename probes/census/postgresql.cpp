// SPDX-License-Identifier: MIT
// What a PostgreSQL database holds (version 10 and later): its catalogue, and of each table a count
// and a sum that do not depend on the order of the rows, nor on what the session's settings make of
// a value's text.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/census.h"
#include "probes/session/admin.h"

namespace interregnum {
namespace {

// A catalogue beyond these is somebody else's problem, and no answer may fill the memory.
constexpr std::size_t most_columns = 100'000;
constexpr std::size_t most_sequences = 20'000;

// Not the system's, not an extension's, not this program's own.
constexpr char const* ours_to_read = R"sql(
    n.nspname !~ '^(pg_|interregnum)' AND n.nspname <> 'information_schema' AND NOT EXISTS (
        SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
            AND e.deptype = 'e')
)sql";

// For this transaction only: a value has the same text on both sides, names have their schema, and
// a policy that would hide rows is an error.
constexpr char const* same_text = R"sql(
SELECT set_config(name, value, true) FROM (VALUES ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'),
    ('IntervalStyle', 'postgres'), ('bytea_output', 'hex'), ('extra_float_digits', '3'),
    ('lc_monetary', 'C'), ('xmlbinary', 'base64'), ('search_path', 'pg_catalog'),
    ('row_security', 'off')) AS setting (name, value)
)sql";

constexpr char const* zones = R"sql(
SELECT coalesce('role ' || r.rolname, 'the database'), split_part(setting, '=', 2)
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) setting
WHERE (s.setdatabase = 0 OR s.setdatabase =
        (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND lower(split_part(setting, '=', 1)) = 'timezone'
)sql";

constexpr char const* columns = R"sql(
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    c.reltuples::bigint,
    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND
)sql";

// What owns a sequence: a serial column ('a') or an identity column ('i').
constexpr char const* sequences = R"sql(
SELECT n.nspname, c.relname, q.seqincrement, tn.nspname, t.relname, a.attname,
    format_type(a.atttypid, NULL),
    has_schema_privilege(n.oid, 'USAGE') AND has_sequence_privilege(c.oid, 'SELECT'),
    t.oid IS NOT NULL AND has_schema_privilege(tn.oid, 'USAGE')
        AND has_table_privilege(t.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_sequence q ON q.seqrelid = c.oid
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND
)sql";

constexpr char const* written = R"sql(
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables
)sql";

/// A name as SQL has it. Names come from the server, and may be anything.
std::string sql_name(std::string_view name) {
    std::string text = "\"";
    for (char const letter : name) {
        if (letter == '"') text += '"';
        text += letter;
    }
    return text + '"';
}
std::string sql_name(TableName const& table) {
    return sql_name(table.schema) + '.' + sql_name(table.name);
}

/// A column as it goes into a row's text. Before version 12 a float's text had other digits.
std::string comparable(ColumnCensus const& column) {
    std::string const name = sql_name(column.name);
    if (column.type == "real") return fmt::format("float4send({})", name);
    if (column.type == "double precision") return fmt::format("float8send({})", name);
    return name;
}

std::string sum_statement(TableCensus const& what) {
    std::vector<std::string> values;
    std::string times;
    for (ColumnCensus const& column : what.columns) {
        values.push_back(comparable(column));
        if (!column.is_time()) continue;
        for (char const* end : {"min", "max"})
            times += fmt::format(
                ", round((extract(epoch FROM {0}({1}) FILTER (WHERE isfinite({1}))) * 1000)"
                "::numeric)::bigint",
                end, sql_name(column.name));
    }
    // Numeric, since 64-bit numbers do not add up without an overflow.
    std::string const sum = values.empty()
                                ? "0"
                                : fmt::format(
                                      "coalesce(sum(('x' || left(md5(ROW({})::text), 16))"
                                      "::bit(64)::bigint::numeric), 0)",
                                      fmt::join(values, ", "));
    return fmt::format("SELECT count(*), {}{} FROM {}", sum, times, sql_name(what.name));
}

std::optional<std::int64_t> optional_number(SqlRows const& rows, std::size_t row,
                                            std::size_t column) {
    std::string const text = rows.text(row, column);
    std::int64_t number = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || read.ec != std::errc()) return std::nullopt;
    return number;
}

class PostgresqlCensus final : public Census {
public:
    PostgresqlCensus(AdminSession session, std::stop_token stop)
        : session_(std::move(session)), stop_(std::move(stop)), cancel_(stop_, Cancel{&session_}) {}

    Status begin() {
        auto const before = session_.query(written);
        if (!before) return std::unexpected(before.error());
        written_before_ = before->number(0, 0);
        session_.end_snapshot();
        return {};
    }

    Result<Catalogue> catalogue() override {
        Catalogue found;
        auto const settings =
            session_.query("SELECT current_setting('server_version'), current_setting('TimeZone')");
        if (!settings) return std::unexpected(settings.error());
        found.version = settings->text(0, 0);
        found.time_zone = settings->text(0, 1);
        auto const set = ask(zones);
        if (!set) return std::unexpected(set.error());
        for (std::size_t row = 0; row < set->rows.size(); ++row)
            found.zones.push_back({.whose = set->text(row, 0), .zone = set->text(row, 1)});
        std::ranges::sort(found.zones);
        if (Status const read = read_tables(found); !read) return std::unexpected(read.error());
        if (Status const read = read_sequences(found); !read) return std::unexpected(read.error());
        return found;
    }

    Result<TableSum> sum(TableCensus const& what) override {
        auto const rows = ask(sum_statement(what));
        if (!rows) return fail_in(what.name.text(), rows.error());
        TableSum sum{.rows = rows->number(0, 0), .sum = rows->text(0, 1), .times = {}};
        std::size_t at = 2;
        for (ColumnCensus const& column : what.columns) {
            if (!column.is_time()) continue;
            sum.times.push_back({.column = column.name,
                                 .least_ms = optional_number(*rows, 0, at),
                                 .greatest_ms = optional_number(*rows, 0, at + 1)});
            at += 2;
        }
        return sum;
    }

    Result<std::int64_t> written_meanwhile() override {
        session_.end_snapshot();
        prepared_ = false;
        auto const now = session_.query(written);
        if (!now) return std::unexpected(now.error());
        return now->number(0, 0) - written_before_;
    }

private:
    struct Cancel {
        AdminSession* session;
        void operator()() const { session->cancel(); }
    };

    /// A read with the settings of `same_text`. They end with the snapshot, as an error ends it.
    Result<SqlRows> ask(std::string const& sql) {
        if (stop_.stop_requested()) return fail(Error::Kind::stopped, "interrupted");
        if (!prepared_)
            if (auto const set = session_.query(same_text); !set)
                return std::unexpected(set.error());
        auto rows = session_.query(sql);
        prepared_ = rows.has_value();
        if (!rows && stop_.stop_requested()) return fail(Error::Kind::stopped, "interrupted");
        return rows;
    }

    Status read_tables(Catalogue& found) {
        auto const rows = ask(fmt::format("{} {} LIMIT {}", columns, ours_to_read, most_columns));
        if (!rows) return std::unexpected(rows.error());
        if (rows->rows.size() == most_columns)
            return fail(Error::Kind::protocol,
                        fmt::format("more than {} columns: too many to compare", most_columns));
        std::map<TableName, TableCensus> tables;
        for (std::size_t row = 0; row < rows->rows.size(); ++row) {
            TableName name{.schema = rows->text(row, 0), .name = rows->text(row, 1)};
            TableCensus& table = tables[name];
            table.name = std::move(name);
            table.columns.push_back({.name = rows->text(row, 2), .type = rows->text(row, 3)});
            table.estimated_rows = rows->number(row, 4);
            if (!rows->flag(row, 5)) table.problem = "this login may not SELECT from it";
        }
        for (auto& [name, table] : tables) {
            std::ranges::sort(table.columns);
            found.tables.push_back(std::move(table));
        }
        return {};
    }

    Status read_sequences(Catalogue& found) {
        auto const rows =
            ask(fmt::format("{} {} LIMIT {}", sequences, ours_to_read, most_sequences));
        if (!rows) return std::unexpected(rows.error());
        if (rows->rows.size() == most_sequences)
            return fail(Error::Kind::protocol,
                        fmt::format("more than {} sequences: too many to compare", most_sequences));
        for (std::size_t row = 0; row < rows->rows.size(); ++row) {
            SequenceCensus sequence{
                .name = {.schema = rows->text(row, 0), .name = rows->text(row, 1)},
                .table = {.schema = rows->text(row, 3), .name = rows->text(row, 4)},
                .column = rows->text(row, 5),
                .increment = rows->number(row, 2)};
            std::string const type = rows->text(row, 6);
            bool const whole = type == "smallint" || type == "integer" || type == "bigint";
            if (!rows->flag(row, 7))
                sequence.problem = "this login may not SELECT from it";
            else if (Status const read = read_position(sequence, whole && rows->flag(row, 8));
                     !read)
                return read;
            found.sequences.push_back(std::move(sequence));
        }
        std::ranges::sort(found.sequences, {}, &SequenceCensus::name);
        return {};
    }

    /// What a sequence hands out next, and, `with_column`, what its column has reached.
    Status read_position(SequenceCensus& sequence, bool with_column) {
        auto const at =
            ask(fmt::format("SELECT last_value, is_called FROM {}", sql_name(sequence.name)));
        if (!at) return fail_in(sequence.name.text(), at.error());
        std::int64_t const value = at->number(0, 0);
        sequence.next = value;
        if (at->flag(0, 1)) {
            sequence.last = value;
            // At the very end of the numbers there is no next one.
            if (__builtin_add_overflow(value, sequence.increment, &sequence.next))
                sequence.next = value;
        }
        if (!with_column) return {};
        auto const reached =
            ask(fmt::format("SELECT {}({})::bigint FROM {}", sequence.increment < 0 ? "min" : "max",
                            sql_name(sequence.column), sql_name(sequence.table)));
        if (!reached) return fail_in(sequence.table.text(), reached.error());
        sequence.reached = optional_number(*reached, 0, 0);
        return {};
    }

    AdminSession session_;
    std::stop_token stop_;
    std::stop_callback<Cancel> cancel_;  // after what it uses
    std::int64_t written_before_{};
    bool prepared_{};
};

Result<std::unique_ptr<Census>> open(CensusPlace const& place, std::stop_token stop) {
    auto session = AdminSession::open_url(place.url, place.password, place.longest_statement);
    if (!session) return std::unexpected(session.error());
    auto census = std::make_unique<PostgresqlCensus>(std::move(*session), std::move(stop));
    if (Status const begun = census->begin(); !begun) return std::unexpected(begun.error());
    return census;
}

RegisterCensus const registered{{.name = "postgresql", .open = open}};

}  // namespace
}  // namespace interregnum
