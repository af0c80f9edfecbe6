// SPDX-License-Identifier: MIT
#include "harness/probe.h"
#include "probes/session/looking.h"
#include "probes/session/node_session.h"

namespace interregnum {
namespace {

constexpr Duration period = std::chrono::milliseconds(100);

// One round trip; on a standby nothing is asked that a standby cannot answer. Its timeline is that
// of the WAL receiver (seen with pg_monitor), and without one that of its recovery: what
// pg_control_checkpoint() says lags until the next checkpoint. A commit that waits for a
// synchronous standby stands as waiting on SyncRep, also when its client has long gone; it has
// waited at most since its statement began.
constexpr std::string_view positions =
    "SELECT r, "
    "CASE WHEN r THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver), "
    "(SELECT min_recovery_end_timeline FROM pg_control_recovery())) "
    "ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END, "
    "CASE WHEN NOT r THEN pg_current_wal_lsn() - '0/0'::pg_lsn END, "
    "CASE WHEN r THEN pg_last_wal_receive_lsn() - '0/0'::pg_lsn END, "
    "CASE WHEN r THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END, "
    "CASE WHEN NOT r THEN left(current_setting('synchronous_standby_names'), 200) END, "
    "CASE WHEN NOT r THEN (SELECT greatest(1, extract(epoch FROM "
    "max(clock_timestamp() - state_change)) * 1000000000)::bigint "
    "FROM pg_stat_activity WHERE wait_event = 'SyncRep' HAVING count(*) > 0) END "
    "FROM (SELECT pg_is_in_recovery() AS r) AS recovery";

/// Reads the WAL positions of one node directly.
class ReplicationObserver final : public Observer {
public:
    ReplicationObserver(ProbeContext const& context, ProbeNode const& node)
        : context_(context), name_(node.name), session_(context, node) {}

    void watch(std::stop_token stop) override {
        CostMeter cost(context_, "replication", name_);
        look_every(period, context_, cost, stop, [&] {
            NodeSession::Answer const answer = session_.ask(positions, {}, look_limit);
            if (!answer.ending.good() || answer.rows.rows.empty()) return false;
            SqlRows const& rows = answer.rows;
            auto const position = [&rows](std::size_t column) {
                return rows.text(0, column).empty() ? -1 : rows.number(0, column);
            };
            context_.sink->write(
                record::ReplicationSeen{.node = name_,
                                        .in_recovery = rows.flag(0, 0),
                                        .timeline = rows.number(0, 1),
                                        .written = position(2),
                                        .received = position(3),
                                        .replayed = position(4),
                                        .asked = context_.offset(answer.asked),
                                        .at = context_.offset(context_.clock->now()),
                                        .sync_standbys = rows.text(0, 5),
                                        .sync_waited = record::Offset(rows.number(0, 6))});
            return true;
        });
    }

private:
    ProbeContext const& context_;
    std::string name_;
    NodeSession session_;
};

std::vector<std::unique_ptr<Observer>> observers(Options const& /*options*/,
                                                 ProbeContext const& context) {
    std::vector<std::unique_ptr<Observer>> all;
    for (ProbeNode const& node : context.nodes)
        if (node.group == "db") all.push_back(std::make_unique<ReplicationObserver>(context, node));
    return all;
}

RegisterProbe const registered{{
    .name = "replication",
    .summary = "reads the WAL positions of every database node directly, 10 times a second",
    .role = ProbeKind::Role::observer,
    .observers = observers,
}};

}  // namespace
}  // namespace interregnum
