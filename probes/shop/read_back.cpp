// SPDX-License-Identifier: MIT
#include "probes/shop/read_back.h"

#include <fmt/format.h>

#include "probes/session/admin.h"
#include "probes/session/names.h"
#include "probes/session/table_lock.h"
#include "probes/shop/final_reads.h"
#include "probes/shop/our_schema.h"
#include "probes/shop/storage.h"

namespace interregnum::shop {
namespace {

constexpr std::size_t chunk_rows = 2000;
// Of canary rows without a gap: a node is closed and opened a few times in a drill.
constexpr std::size_t canary_pieces = 1000;
/// Unbounded reads end here: more orders than a day at 100/s would be no drill.
constexpr int chunk_limit = 5000;
constexpr Duration replay_limit = std::chrono::seconds(60);
constexpr Duration quiet_limit = std::chrono::seconds(10);
constexpr Duration lock_limit = std::chrono::seconds(10);
constexpr Duration flush_limit = std::chrono::seconds(2);
constexpr Duration look_again = std::chrono::milliseconds(200);

std::unexpected<Error> stopped() { return fail(Error::Kind::stopped, "stopped"); }

/// Says something that changes no verdict: what was not read is not judged either.
void note(ProbeContext const& context, std::string text) {
    context.sink->write(record::Note{.effect = record::Note::Effect::none,
                                     .text = std::move(text),
                                     .at = context.offset(context.clock->now())});
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
                std::string(read_tokens), {channel, after, std::to_string(chunk_rows)});
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
    if (done) done = reader.read_list("voucher_uses", read_vouchers);
    if (done) done = reader.read_list("seats", read_seats);
    if (done) done = reader.read_quotas();
    if (done) done = reader.read_canaries();
    // It goes through all that was sold, which can take longer than a statement may. The rest is
    // read by then, and a list that is missing is known to be.
    Status const balanced = done ? reader.read_list("transactions", read_unbalanced) : Status{};
    if (!balanced)
        note(context, fmt::format("the transactions on {} were not compared with its orders: {}",
                                  node, balanced.error().message));
    session.end_snapshot();
    // Also where rows could not be read: a broken page would be the reason.
    if (!stop.stop_requested()) read_storage(context, session, node, role);
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

/// Under the leader's lock, whose position in the WAL since is `lsn`.
Status read_replica(ProbeContext const& context, std::string const& name, std::string const& lsn,
                    TableLock& lock, std::stop_token const& stop) {
    Result<AdminSession> session = open_node(context, name);
    if (!session) return std::unexpected(session.error());
    if (Status const there = await_replay(context, *session, lsn, stop); !there) return there;
    // Everything is read from the snapshot that this begins. A lock that is still there after it
    // was there all the time, so nothing is in it that the leader's rows are without.
    if (auto const begun = session->query("SELECT 1"); !begun)
        return std::unexpected(begun.error());
    if (Status const held = lock.held(); !held)
        return fail_in("the leader's tables did not stay locked", held.error());
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

Result<TableLock> lock_tables(ProbeContext const& context, std::string const& leader) {
    Result<AdminSession> session = open_node(context, leader);
    if (!session) return std::unexpected(session.error());
    return TableLock::take(std::move(*session), written_tables, lock_limit);
}

/// A position in the leader's WAL behind all that was committed before, and that replicas get: a
/// commit that does not wait for the disk (synchronous_commit = off) is flushed a moment later.
Result<std::string> await_flush(ProbeContext const& context, AdminSession& session,
                                std::stop_token const& stop) {
    Result<SqlRows> const inserted = session.query("SELECT pg_current_wal_insert_lsn()::text");
    session.end_snapshot();
    if (!inserted) return std::unexpected(inserted.error());
    Instant const limit = context.clock->now() + flush_limit;
    while (true) {
        Result<SqlRows> const flushed = session.query(
            "SELECT lsn >= $1::pg_lsn, lsn::text FROM pg_current_wal_flush_lsn() AS flushed(lsn)",
            {inserted->text(0, 0)});
        session.end_snapshot();
        if (!flushed) return std::unexpected(flushed.error());
        // At the end of a page the one is behind the next page's header, the other is not.
        if (flushed->flag(0, 0) || context.clock->now() >= limit) return flushed->text(0, 1);
        if (!context.clock->sleep_for(look_again, stop)) return stopped();
    }
}

/// What is read of a shop in which nobody has bought anything.
Status read_nothing(ProbeContext const& context, std::string const& leader) {
    for (std::string const channel : {"orders", "tickets", "vouchers"})
        context.sink->write(record::FinalRows{.kind = channel,
                                              .source = leader,
                                              .role = "leader",
                                              .rows = {},
                                              .last = true,
                                              .at = context.offset(context.clock->now())});
    note(context, fmt::format("the shop's schema is gone from {}, the leader, and with it all that "
                              "was bought",
                              leader));
    return {};
}

Status read_replicas(ProbeContext const& context, std::vector<std::string> const& replicas,
                     std::string const& lsn, TableLock& lock, std::stop_token const& stop) {
    for (std::string const& replica : replicas) {
        Status const read = read_replica(context, replica, lsn, lock, stop);
        if (read) continue;
        if (read.error().kind == Error::Kind::stopped) return read;
        // The leader's rows decide; a replica that cannot be asked is said, not fatal.
        note(context, fmt::format("the final read of replica {} was not possible: {}", replica,
                                  read.error().message));
    }
    return {};
}

}  // namespace

Status read_back(ProbeContext const& context, std::string const& leader,
                 std::vector<std::string> const& replicas, std::stop_token stop) {
    std::string const where = fmt::format("final read of {}", leader);
    Result<AdminSession> session = open_node(context, leader);
    if (!session) return fail_in(where, session.error());
    await_quiet(context, *session, stop);
    // A server goes back into recovery by a restart only, which would end the session.
    Result<SqlRows> const recovering = session->query("SELECT pg_is_in_recovery()");
    session->end_snapshot();
    if (!recovering) return fail_in(where, recovering.error());
    if (recovering->flag(0, 0))
        return fail(Error::Kind::refused, where + ": it is in recovery, so it is not the leader");
    Result<bool> const there = has_schema(*session);
    if (!there) return fail_in(where, there.error());
    if (!*there) return read_nothing(context, leader);
    Result<TableLock> lock = lock_tables(context, leader);
    Result<std::string> const position = await_flush(context, *session, stop);
    if (!position) return fail_in(where, position.error());
    Status const read = read_node(context, *session, leader, "leader", stop);
    if (!read) return fail_in(where, read.error());
    if (replicas.empty()) return {};
    if (lock) return read_replicas(context, replicas, *position, *lock, stop);
    note(context, fmt::format("the replicas were not read: what they hold could not be compared "
                              "with {}, where the shop's tables could not be locked against "
                              "writers (somebody still writes, or waits for a commit): {}",
                              leader, lock.error().message));
    return {};
}

}  // namespace interregnum::shop
