// SPDX-License-Identifier: MIT
#include "probes/shop/storage.h"

#include <fmt/format.h>

#include "harness/base/log.h"

namespace interregnum::shop {
namespace {

using namespace std::chrono_literals;

constexpr Duration node_limit = 20s;
/// A page full of broken rows is as good a proof as a table full of them.
constexpr std::size_t most_rows = 20;

// Its schema; whether this login may call what is wanted.
constexpr std::string_view find_amcheck =
    "SELECT quote_ident(n.nspname), coalesce(bool_or(p.proname = 'bt_index_check' AND "
    "p.pronargs = 2 AND has_function_privilege(p.oid, 'EXECUTE')), false), "
    "coalesce(bool_or(p.proname = 'verify_heapam' AND "
    "has_function_privilege(p.oid, 'EXECUTE')), false) "
    "FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "LEFT JOIN pg_proc p ON p.pronamespace = n.oid "
    "WHERE e.extname = 'amcheck' AND has_schema_privilege(n.oid, 'USAGE') GROUP BY n.nspname";

constexpr std::string_view may_create =
    "SELECT current_setting('is_superuser') = 'on' "
    "AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'amcheck') "
    "AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck')";

constexpr std::string_view read_checksums =
    "SELECT CASE WHEN coalesce(checksum_failures, 0) = 0 THEN '0' ELSE "
    "format('%s in database %s, the last at %s', checksum_failures, datname, "
    "checksum_last_failure) END FROM pg_stat_database WHERE datname = current_database()";

// By way of jsonb, since servers before PostgreSQL 13 have no wal_status.
constexpr std::string_view read_slots =
    "SELECT CASE WHEN to_jsonb(s) ->> 'wal_status' IN ('lost', 'unreserved') "
    "THEN to_jsonb(s) ->> 'wal_status' WHEN active THEN 'active' ELSE 'inactive' END "
    "|| ' ' || slot_name || ' (' || slot_type || ')', coalesce(greatest(0, pg_wal_lsn_diff("
    "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, "
    "restart_lsn)), 0)::bigint FROM pg_replication_slots s WHERE NOT temporary "
    "ORDER BY slot_name LIMIT 200";

/// PostgreSQL's words for data_corrupted and index_corrupted; any other error (a time-out, a
/// conflict with replay) says nothing about the files.
bool tells_damage(Error const& error) {
    return error.message.contains("SQLSTATE XX001") || error.message.contains("SQLSTATE XX002");
}

/// Looks at the files behind one node's tables and indexes.
class StorageReader {
public:
    StorageReader(ProbeContext const& context, AdminSession& session, std::string node,
                  std::string role)
        : context_(context),
          session_(session),
          node_(std::move(node)),
          limit_(context.clock->now() + node_limit),
          found_{.kind = "storage", .source = node_, .role = std::move(role)} {}

    void read() {
        session_.end_snapshot();
        std::string why = read_all();
        session_.end_snapshot();
        found_.last = why.empty();
        found_.at = context_.offset(context_.clock->now());
        if (!why.empty())
            context_.sink->write(record::Fact{
                .name = "storage_not_known", .value = node_ + ": " + why, .at = found_.at});
        context_.sink->write(std::move(found_));
    }

private:
    /// A statement of its own transaction, which ends within what is left of the node's time.
    Result<SqlRows> ask(std::string const& sql) {
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(limit_ - context_.clock->now());
        if (left <= 0ms) return fail(Error::Kind::timeout, "the time for it was over");
        session_.end_snapshot();
        Result<SqlRows> const set =
            session_.query("SELECT set_config('statement_timeout', $1, true)",
                           {fmt::format("{}ms", left.count())});
        if (!set) return set;
        return session_.query(sql);
    }

    void add(std::string what) {
        constexpr std::size_t longest = 300;
        if (found_.rows.size() < most_rows)
            found_.rows.push_back({.token = what.substr(0, longest)});
    }

    /// "" when all was looked at, else why not.
    std::string read_all() {
        Result<SqlRows> const amcheck = ask(std::string(find_amcheck));
        if (!amcheck) return amcheck.error().message;
        if (amcheck->rows.empty()) return "amcheck is not installed in its database";
        std::string const schema = amcheck->text(0, 0);
        if (!amcheck->flag(0, 1) || !amcheck->flag(0, 2))
            return "this login may not call bt_index_check or verify_heapam of amcheck";
        std::string const indexes = read_indexes(schema);
        std::string const tables = read_tables(schema);
        return indexes.empty() ? tables : indexes;
    }

    std::string read_indexes(std::string const& schema) {
        // All at once while nothing is wrong; one after the other to tell which is.
        Result<SqlRows> const all =
            ask(fmt::format("SELECT {}.bt_index_check(name::regclass, true) FROM ({}) AS "
                            "index_names(name)",
                            schema, find_indexes));
        if (all) return {};
        if (!tells_damage(all.error())) return all.error().message;
        return one_by_one("index", find_indexes, [&](std::string const& name) {
            return ask(fmt::format("SELECT {}.bt_index_check('{}', true)", schema, name));
        });
    }

    std::string read_tables(std::string const& schema) {
        auto const verify = [&](std::string const& name) {
            Result<SqlRows> rows =
                ask(fmt::format("SELECT blkno, offnum, msg FROM {}.verify_heapam('{}') LIMIT {}",
                                schema, name, most_rows));
            for (std::size_t i = 0; rows && i < rows->rows.size(); ++i)
                add(fmt::format("table {}: page {}, row {}: {}", name, rows->text(i, 0),
                                rows->text(i, 1), rows->text(i, 2)));
            return rows;
        };
        return one_by_one("table", find_tables, verify);
    }

    template <class Look>
    std::string one_by_one(std::string_view what, std::string_view names, Look const& look) {
        Result<SqlRows> const found = ask(std::string(names));
        if (!found) return found.error().message;
        std::string why;
        for (std::size_t i = 0; i < found->rows.size(); ++i) {
            std::string const name = found->text(i, 0);
            // Ours are plain names; with anything else somebody made them.
            if (name.contains('\'') || name.contains('\\')) continue;
            Result<SqlRows> const looked = look(name);
            if (looked) continue;
            if (tells_damage(looked.error()))
                add(fmt::format("{} {}: {}", what, name, looked.error().message));
            else
                why = looked.error().message;
        }
        return why;
    }

    ProbeContext const& context_;
    AdminSession& session_;
    std::string node_;
    Instant limit_;
    record::FinalRows found_;
};

void read_slots_of(ProbeContext const& context, AdminSession& session, std::string const& kind,
                   std::string const& node, std::string const& role) {
    Result<SqlRows> const found = session.query(std::string(read_slots));
    if (!found) return;
    record::FinalRows rows{.kind = kind, .source = node, .role = role};
    for (std::size_t i = 0; i < found->rows.size(); ++i)
        rows.rows.push_back({.token = found->text(i, 0), .id = found->number(i, 1)});
    rows.last = true;
    rows.at = context.offset(context.clock->now());
    context.sink->write(std::move(rows));
}

void read_checksums_of(ProbeContext const& context, AdminSession& session,
                       std::string const& node) {
    Result<SqlRows> const found = session.query(std::string(read_checksums));
    if (found && !found->rows.empty())
        context.sink->write(record::Fact{.name = "checksum_failures." + node,
                                         .value = found->text(0, 0),
                                         .at = context.offset(context.clock->now())});
}

}  // namespace

void create_amcheck(AdminSession& session) {
    Result<SqlRows> const may = session.query(std::string(may_create));
    session.end_snapshot();
    if (!may || !may->flag(0, 0)) return;
    if (Status const made = session.run("CREATE EXTENSION amcheck SCHEMA interregnum"); !made)
        log::debug("shop.amcheck", made.error().message);
}

void note_before(ProbeContext const& context, std::stop_token const& stop) {
    if (context.sink == nullptr) return;
    for (ProbeNode const& node : context.nodes) {
        if (node.group != "db" || stop.stop_requested()) continue;
        Result<AdminSession> session =
            AdminSession::open(context.postgres, node.address, node.postgres_port);
        if (!session) continue;
        read_checksums_of(context, *session, node.name);
        read_slots_of(context, *session, "slots_before", node.name, "");
    }
}

void read_storage(ProbeContext const& context, AdminSession& session, std::string const& node,
                  std::string const& role) {
    StorageReader(context, session, node, role).read();
    read_slots_of(context, session, "slots", node, role);
    // Last: what was just found counts.
    session.end_snapshot();
    read_checksums_of(context, session, node);
    session.end_snapshot();
}

}  // namespace interregnum::shop
