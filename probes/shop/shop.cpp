// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/probe.h"
#include "probes/session/admin.h"
#include "probes/session/names.h"
#include "probes/shop/final_reads.h"
#include "probes/shop/schema.h"
#include "probes/shop/storage.h"

namespace interregnum {
namespace {

constexpr std::size_t chunk_rows = 2000;
// Of canary rows without a gap: a node is closed and opened a few times in a drill.
constexpr std::size_t canary_pieces = 1000;
/// Unbounded reads end here: more orders than a day at 100/s would be no drill.
constexpr int chunk_limit = 5000;
constexpr Duration replay_limit = std::chrono::seconds(60);
constexpr Duration quiet_limit = std::chrono::seconds(10);
constexpr Duration look_again = std::chrono::milliseconds(200);

std::unexpected<Error> stopped() { return fail(Error::Kind::stopped, "stopped"); }

/// A session on the writable server, through the first entry point that leads to it.
Result<AdminSession> open_writable(ProbeContext const& context, std::stop_token const& stop) {
    Error last{.kind = Error::Kind::invalid,
               .message = "the inventory names no endpoint for writes (\"write\")"};
    for (Endpoint const& entry : context.write) {
        if (stop.stop_requested()) return stopped();
        Result<AdminSession> session = AdminSession::open(context.postgres, entry.host, entry.port);
        if (!session) {
            last = session.error();
            continue;
        }
        Result<SqlRows> const recovering = session->query("SELECT pg_is_in_recovery()");
        if (recovering && !recovering->flag(0, 0)) {
            session->end_snapshot();
            return session;
        }
        last = recovering ? Error{.kind = Error::Kind::refused,
                                  .message = "it leads to a server that is in recovery"}
                          : recovering.error();
        last.message.insert(0, entry.entry + ": ");
    }
    return std::unexpected(last);
}

/// Whether our schema is there. A schema of that name that is not ours is an error.
Result<bool> has_schema(AdminSession& session) {
    Result<SqlRows> const found = session.query(std::string(shop::find_schema));
    session.end_snapshot();
    if (!found) return std::unexpected(found.error());
    if (found->rows.empty()) return false;
    if (found->text(0, 0) == shop::ours) return true;
    return fail(Error::Kind::refused,
                "a schema named \"interregnum\" is there that is not ours (its comment says so); "
                "it was not touched: rename it, or give the drill a database of its own");
}

/// Waits until every read entry point shows the new tables, so that the first reads do not fail.
Status await_replicas(ProbeContext const& context, std::stop_token const& stop) {
    Instant const limit = context.clock->now() + replay_limit;
    for (Endpoint const& entry : context.read) {
        while (true) {
            Result<AdminSession> session =
                AdminSession::open(context.postgres, entry.host, entry.port);
            Result<SqlRows> seen = fail(Error::Kind::failed, "");
            if (session)
                seen = session->query("SELECT to_regclass('interregnum.availability') IS NOT NULL");
            if (seen && seen->flag(0, 0)) break;
            if (context.clock->now() >= limit)
                return fail(
                    Error::Kind::timeout,
                    fmt::format(
                        "{}: the shop's tables did not appear on the replicas "
                        "within {} s: {}",
                        entry.entry,
                        std::chrono::duration_cast<std::chrono::seconds>(replay_limit).count(),
                        session ? "replication does not get there" : session.error().message));
            if (!context.clock->sleep_for(look_again, stop)) return stopped();
        }
    }
    return {};
}

shop::ShopSize size_wanted(Options const& workload) {
    shop::ShopSize size;
    if (workload.has("quota")) size.tickets = workload.integer("quota");
    if (workload.has("performances")) size.performances = workload.integer("performances");
    if (workload.has("vouchers")) size.vouchers = workload.integer("vouchers");
    if (workload.has("max_usages")) size.max_usages = workload.integer("max_usages");
    return size;
}

Status prepare(ProbeContext const& context, Options const& workload, std::stop_token stop) {
    Result<AdminSession> session = open_writable(context, stop);
    if (!session) return std::unexpected(session.error());
    if (Result<bool> const ours = has_schema(*session); !ours) return std::unexpected(ours.error());
    shop::ShopSize const size = size_wanted(workload);
    Status const made = session->run(shop::create_schema(size));
    if (!made) return std::unexpected(made.error());
    shop::create_amcheck(*session);
    shop::note_before(context, stop);
    // For whoever watches the sales as they go on.
    if (context.sink != nullptr)
        context.sink->write(record::Fact{.name = "for_sale",
                                         .value = std::to_string(size.tickets * size.performances +
                                                                 size.vouchers * size.max_usages),
                                         .at = context.offset(context.clock->now())});
    return await_replicas(context, stop);
}

/// What one node holds is read into the record by one of these, from one snapshot.
class NodeReader {
public:
    NodeReader(ProbeContext const& context, AdminSession& session, std::string node,
               std::string role)
        : context_(context), session_(session), node_(std::move(node)), role_(std::move(role)) {}

    /// All orders of a channel, in chunks.
    Status read_channel(std::string const& channel, std::stop_token const& stop) {
        std::string after;
        bool last = false;
        for (int chunk = 0; !last; ++chunk) {
            if (stop.stop_requested()) return stopped();
            if (chunk == chunk_limit)
                return fail(Error::Kind::protocol, "there are more orders than a drill can place");
            Result<SqlRows> const found = session_.query(
                std::string(shop::read_tokens), {channel, after, std::to_string(chunk_rows)});
            if (!found) return std::unexpected(found.error());
            last = found->rows.size() < chunk_rows;
            if (!last) after = found->text(found->rows.size() - 1, 0);
            write(channel, *found, last);
        }
        return {};
    }

    /// A list of one piece.
    Status read_list(std::string const& kind, std::string_view sql) {
        Result<SqlRows> const found = session_.query(std::string(sql));
        if (!found) return std::unexpected(found.error());
        write(kind, *found, true);
        return {};
    }

    /// Where the list is too long its end is not said, so that nothing seems to be missing.
    Status read_canaries() {
        Result<SqlRows> const found =
            session_.query(std::string(shop::read_canaries), {std::to_string(canary_pieces)});
        if (!found) return std::unexpected(found.error());
        write("canaries", *found, found->rows.size() < canary_pieces);
        return {};
    }

    Status read_quotas() {
        Result<SqlRows> const quotas = session_.query(std::string(shop::read_quotas));
        if (!quotas) return std::unexpected(quotas.error());
        for (std::size_t i = 0; i < quotas->rows.size(); ++i)
            context_.sink->write(record::FinalQuota{.name = quotas->text(i, 0),
                                                    .size = quotas->number(i, 1),
                                                    .sold = quotas->number(i, 2),
                                                    .source = node_,
                                                    .at = now()});
        return {};
    }

private:
    [[nodiscard]] record::Offset now() const { return context_.offset(context_.clock->now()); }
    void write(std::string const& kind, SqlRows const& found, bool last) {
        record::FinalRows rows{.kind = kind, .source = node_, .role = role_};
        for (std::size_t i = 0; i < found.rows.size(); ++i)
            rows.rows.push_back(
                {.token = found.text(i, 0), .id = found.number(i, 1), .count = found.number(i, 2)});
        rows.last = last;
        rows.at = now();
        context_.sink->write(std::move(rows));
    }

    ProbeContext const& context_;
    AdminSession& session_;
    std::string node_;
    std::string role_;
};

/// Everything that one node holds, from one snapshot.
Status read_node(ProbeContext const& context, AdminSession& session, std::string const& node,
                 std::string const& role, std::stop_token const& stop) {
    NodeReader reader(context, session, node, role);
    Status done;
    for (std::string const channel : {"orders", "tickets", "vouchers"})
        if (done) done = reader.read_channel(channel, stop);
    if (done) done = reader.read_list("voucher_uses", shop::read_vouchers);
    if (done) done = reader.read_list("seats", shop::read_seats);
    if (done) done = reader.read_quotas();
    if (done) done = reader.read_canaries();
    // It goes through all that was sold, which can take longer than a statement may. The rest is
    // read by then, and a list that is missing is known to be.
    Status const balanced =
        done ? reader.read_list("transactions", shop::read_unbalanced) : Status{};
    if (!balanced)
        context.sink->write(record::Note{
            .text = fmt::format("the transactions on {} were not compared with its orders: {}",
                                node, balanced.error().message),
            .at = context.offset(context.clock->now())});
    session.end_snapshot();
    // Also where rows could not be read: a broken page would be the reason.
    if (!stop.stop_requested()) shop::read_storage(context, session, node, role);
    return done;
}

Result<AdminSession> open_node(ProbeContext const& context, std::string const& name) {
    ProbeNode const* node = node_named(context, name);
    if (node == nullptr)
        return fail(Error::Kind::not_found, fmt::format("the inventory has no node \"{}\"", name));
    return AdminSession::open(context.postgres, node->address, node->postgres_port);
}

/// Waits until a replica has replayed all that the leader had written.
Status await_replay(ProbeContext const& context, AdminSession& session, std::string const& lsn,
                    std::stop_token const& stop) {
    Instant const limit = context.clock->now() + replay_limit;
    while (true) {
        Result<SqlRows> const state = session.query(
            "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= $1::pg_lsn, "
            "coalesce(pg_last_wal_replay_lsn()::text, 'nothing')",
            {lsn});
        session.end_snapshot();
        if (!state) return std::unexpected(state.error());
        if (state->flag(0, 0)) return {};
        if (context.clock->now() >= limit)
            return fail(Error::Kind::timeout,
                        fmt::format("it has replayed {}, not {}", state->text(0, 1), lsn));
        if (!context.clock->sleep_for(look_again, stop)) return stopped();
    }
}

Status read_replica(ProbeContext const& context, std::string const& name, std::string const& lsn,
                    std::stop_token const& stop) {
    Result<AdminSession> session = open_node(context, name);
    if (!session) return std::unexpected(session.error());
    if (Status const there = await_replay(context, *session, lsn, stop); !there) return there;
    return read_node(context, *session, name, "replica", stop);
}

/// Waits until no statement that a customer gave up on is still running: one that commits later
/// would be found by nobody. Gives up silently: what is there then is what is read.
void await_quiet(ProbeContext const& context, AdminSession& session, std::stop_token const& stop) {
    Instant const limit = context.clock->now() + quiet_limit;
    while (context.clock->now() < limit) {
        Result<SqlRows> const busy = session.query(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'interregnum' "
            "AND pid <> pg_backend_pid() AND datname = current_database() AND state <> 'idle'");
        session.end_snapshot();
        if (!busy || busy->number(0, 0) == 0) return;
        if (!context.clock->sleep_for(look_again, stop)) return;
    }
}

Status final_read(ProbeContext const& context, std::string const& leader,
                  std::vector<std::string> const& replicas, std::stop_token stop) {
    std::string const where = fmt::format("final read of {}", leader);
    Result<AdminSession> session = open_node(context, leader);
    if (!session) return fail_in(where, session.error());
    await_quiet(context, *session, stop);
    Result<SqlRows> const position = session->query(
        "SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_current_wal_flush_lsn()::text END");
    session->end_snapshot();
    if (!position) return fail_in(where, position.error());
    if (position->text(0, 0).empty())
        return fail(Error::Kind::refused, where + ": it is in recovery, so it is not the leader");
    Status const read = read_node(context, *session, leader, "leader", stop);
    if (!read) return fail_in(where, read.error());
    for (std::string const& replica : replicas) {
        Status const other = read_replica(context, replica, position->text(0, 0), stop);
        if (other) continue;
        if (other.error().kind == Error::Kind::stopped) return other;
        // The leader's rows decide; a replica that cannot be asked is said, not fatal.
        context.sink->write(
            record::Note{.effect = record::Note::Effect::none,
                         .text = fmt::format("the final read of replica {} was not possible: {}",
                                             replica, other.error().message),
                         .at = context.offset(context.clock->now())});
    }
    return {};
}

Status drop(ProbeContext const& context, std::stop_token stop) {
    Result<AdminSession> session = open_writable(context, stop);
    if (!session) return std::unexpected(session.error());
    Result<bool> const ours = has_schema(*session);
    if (!ours) return std::unexpected(ours.error());
    if (!*ours) return {};
    Status const dropped = session->run(std::string(shop::drop_schema));
    if (!dropped) return std::unexpected(dropped.error());
    return {};
}

RegisterStore const registered{{
    .name = "shop",
    .summary = "schema \"interregnum\" in PostgreSQL: quotas, seats, vouchers, carts, orders",
    .prepare = prepare,
    .final_read = final_read,
    .drop = drop,
}};

}  // namespace
}  // namespace interregnum
