// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The synthetic ticket shop in PostgreSQL: a schema of its own, in the manner of pretix (event,
/// items, quotas that cover items, orders with positions and payments; availability is computed,
/// never counted down). A token is not unique in the table, so that an order that was doubled
/// shows; it is indexed.
namespace interregnum::shop {

/// Written on the schema as its comment. A schema of our name without it is somebody else's.
inline constexpr std::string_view ours = "interregnum: made and dropped by failover drills";

/// What the fixed rows are numbered, so that customers need not look them up.
inline constexpr std::int64_t quota_id = 1;

/// The quota's name in reports.
inline constexpr std::string_view quota_name = "drill";

/// Whether the schema is absent (no row), ours, or somebody else's: one row of its comment.
inline constexpr std::string_view find_schema =
    "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace "
    "WHERE nspname = 'interregnum'";

inline constexpr std::string_view drop_schema = "DROP SCHEMA IF EXISTS interregnum CASCADE";

/// Everything, as one transaction: dropped first, so that what a broken run left is replaced.
[[nodiscard]] std::string create_schema(std::int64_t quota_size);

/// $1 token, $2 channel ("orders", "tickets"), $3 item, $4 number of positions. One statement, so
/// one round trip; by the rules of data-modifying WITH it happens whole or not at all. Answers
/// id and the server's address.
inline constexpr std::string_view place_order =
    "WITH o AS (INSERT INTO interregnum.orders (token, channel, event_id, status, total) "
    "SELECT $1, $2, event_id, 'p', price * $4::int FROM interregnum.items WHERE id = $3::bigint "
    "RETURNING id, total), "
    "p AS (INSERT INTO interregnum.positions (order_id, item_id, price) "
    "SELECT o.id, i.id, i.price FROM o, interregnum.items i, generate_series(1, $4::int) "
    "WHERE i.id = $3::bigint), "
    "m AS (INSERT INTO interregnum.payments (order_id, amount, state) "
    "SELECT id, total, 'confirmed' FROM o) "
    "SELECT id, coalesce(host(inet_server_addr()), '') FROM o";

/// The item that no quota covers (orders), and the one that the quota covers (tickets).
inline constexpr std::string_view free_item = "1";
inline constexpr std::string_view ticket_item = "2";

/// Begins a purchase. The time limits matter when the customer has gone and the server does not
/// know: without them a dead customer would hold the quota's lock until TCP gives up.
inline constexpr std::string_view begin_purchase =
    "BEGIN; SET LOCAL lock_timeout = '3s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// Takes the quota's lock, as pretix does: advisory, to the transaction's end. A statement of its
/// own, so that the count that follows sees what the lock's holder before committed.
inline constexpr std::string_view lock_quota =
    "SELECT pg_advisory_xact_lock((1::bigint << 33) | 1868787314)";

/// How many are free: size minus positions of valid orders.
inline constexpr std::string_view free_in_quota =
    "SELECT q.size - count(p.id) FILTER (WHERE o.status IN ('n', 'p')) "
    "FROM interregnum.quotas q JOIN interregnum.quota_items c ON c.quota_id = q.id "
    "LEFT JOIN interregnum.positions p ON p.item_id = c.item_id "
    "LEFT JOIN interregnum.orders o ON o.id = p.order_id WHERE q.id = 1 GROUP BY q.size";

/// $1 token: how many orders carry it, for the confirmation.
inline constexpr std::string_view confirm_order =
    "SELECT count(*) FROM interregnum.orders WHERE token = $1";

/// What a customer who only looks asks: what is there to buy? Answers the free number and the
/// server's address.
inline constexpr std::string_view browse =
    "SELECT q.size - count(p.id) FILTER (WHERE o.status IN ('n', 'p')), "
    "coalesce(host(inet_server_addr()), '') "
    "FROM interregnum.quotas q JOIN interregnum.quota_items c ON c.quota_id = q.id "
    "LEFT JOIN interregnum.positions p ON p.item_id = c.item_id "
    "LEFT JOIN interregnum.orders o ON o.id = p.order_id WHERE q.id = 1 GROUP BY q.size";

/// Whether this server takes only reads, and whether there is a table for canary writes.
inline constexpr std::string_view may_write_canary =
    "SELECT current_setting('transaction_read_only')::bool, "
    "to_regclass('interregnum.canaries') IS NOT NULL";

/// $1 node, $2 number: a write that is tried on that node directly. Rows are only ever added, so
/// that those of an old leader that were lost are missed afterwards. Committed as soon as it is on
/// that node's disk, whatever synchronous replication asks for: whether this node takes writes is
/// the question, not whether another one follows (an old leader whose standby left it would wait
/// for ever and look as if it took none). Answers the timeline it was written on.
inline constexpr std::string_view write_canary =
    "INSERT INTO interregnum.canaries (node, number) SELECT $1, $2::bigint "
    "WHERE set_config('synchronous_commit', 'local', true) = 'local' "
    "RETURNING ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint";

/// $1 channel, $2 token to go on after, $3 rows at most: token, an id, how often it is there.
inline constexpr std::string_view read_tokens =
    "SELECT token, min(id), count(*) FROM interregnum.orders WHERE channel = $1 AND token > $2 "
    "GROUP BY token ORDER BY token LIMIT $3::int";

/// Each quota: name, size, sold.
inline constexpr std::string_view read_quotas =
    "SELECT q.name, q.size, count(p.id) FILTER (WHERE o.status IN ('n', 'p')) "
    "FROM interregnum.quotas q JOIN interregnum.quota_items c ON c.quota_id = q.id "
    "LEFT JOIN interregnum.positions p ON p.item_id = c.item_id "
    "LEFT JOIN interregnum.orders o ON o.id = p.order_id GROUP BY q.id, q.name, q.size "
    "ORDER BY q.id";

}  // namespace interregnum::shop
