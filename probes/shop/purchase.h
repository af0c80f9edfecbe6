// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// What customers say to the shop's database. Parameters are $1, $2..., all given as text.
namespace interregnum::shop {

/// $1 token, $2 channel ("orders", "tickets", "vouchers"), $3 item, $4 number of positions, $5
/// code, $6 seat or "", $7 voucher or "". One statement, so one round trip; by the rules of
/// data-modifying WITH it happens whole or not at all. Answers id and the server's address; no
/// row when the code is taken (or the item is gone): draw another.
///
/// The items are looked at once, and nothing is joined that need not be: this statement is the
/// write path whose capacity is measured.
///
/// The warning that a commit was not waited for is asked for in each transaction: a role or a
/// database whose client_min_messages is `error` would hide it, and a commit that only one server
/// has would pass for a good one. Here, and not as the session begins, it costs no round trip, and
/// no pooler between has to know of it.
inline constexpr std::string_view place_order =
    "WITH i AS (SELECT id, event_id, price FROM interregnum.items WHERE id = $3::bigint "
    "AND set_config('client_min_messages', 'warning', true) = 'warning' "
    "AND NOT EXISTS (SELECT FROM interregnum.orders WHERE code = $5)), "
    "o AS (INSERT INTO interregnum.orders (code, token, channel, event_id, status, total) "
    "SELECT $5, $1, $2, event_id, 'p', price * $4::int FROM i RETURNING id, total), "
    "p AS (INSERT INTO interregnum.positions (order_id, item_id, price, seat_id, voucher_id) "
    "SELECT o.id, i.id, i.price, nullif($6, '')::bigint, nullif($7, '')::bigint "
    "FROM o, i, generate_series(1, $4::int)), "
    "t AS (INSERT INTO interregnum.transactions (order_id, item_id, price, count) "
    "SELECT o.id, i.id, i.price, 1 FROM o, i, generate_series(1, $4::int)), "
    "m AS (INSERT INTO interregnum.payments (order_id, amount, state) "
    "SELECT id, total, 'confirmed' FROM o) "
    "SELECT id, coalesce(host(inet_server_addr()), '') FROM o";

/// How often a customer draws a code before it gives up: at 100,000 orders each draw fails once
/// in 140 times.
inline constexpr int code_draws = 5;

/// Begins a purchase. The time limits matter when the customer has gone and the server does not
/// know: without them a dead customer would hold the quota's lock until TCP gives up. For the
/// warnings see `place_order`.
inline constexpr std::string_view begin_purchase =
    "BEGIN; SET LOCAL client_min_messages = warning; SET LOCAL lock_timeout = '3s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// $1 a seat's number to look from, $2 performance: the first that nobody has, or no row. Without a
/// lock, as a customer looks at a plan of the hall: somebody else may be quicker.
inline constexpr std::string_view find_seat =
    "SELECT s.id FROM interregnum.seats s "
    "WHERE s.event_id = $2::bigint "
    "AND s.id NOT IN (SELECT seat_id FROM interregnum.taken_seats) "
    "ORDER BY s.id < $1::bigint, s.id LIMIT 1";

/// $1 seat, $2 quota: under their locks, how many tickets are free, and whether the seat is too.
inline constexpr std::string_view free_in_quota =
    "SELECT free, NOT EXISTS (SELECT FROM interregnum.taken_seats WHERE seat_id = $1::bigint) "
    "FROM interregnum.availability WHERE id = $2::bigint";

/// $1 session, $2 item, $3 seat: holds them for ten minutes.
inline constexpr std::string_view fill_cart =
    "INSERT INTO interregnum.carts (session, item_id, seat_id, expires) "
    "VALUES ($1, $2::bigint, $3::bigint, now() + interval '10 minutes')";

/// $1 session: takes the position out of the cart; no row when it has expired.
inline constexpr std::string_view empty_cart =
    "DELETE FROM interregnum.carts WHERE session = $1 AND expires > now() RETURNING id";

/// $1 voucher: one use of it; no row when there is none left. Under the voucher's lock.
inline constexpr std::string_view redeem_voucher =
    "UPDATE interregnum.vouchers SET redeemed = redeemed + 1 WHERE id = $1::bigint "
    "AND redeemed < max_usages AND (valid_until IS NULL OR valid_until > now()) RETURNING code";

/// $1 channel, $2 token: how many orders carry it, for the confirmation.
inline constexpr std::string_view confirm_order =
    "SELECT count(*) FROM interregnum.orders WHERE channel = $1 AND token = $2";

/// What a customer who only looks asks: what is there to buy? Answers the free number, the
/// server's address and the highest order that is visible there.
inline constexpr std::string_view browse =
    "SELECT free, coalesce(host(inet_server_addr()), ''), "
    "(SELECT coalesce(max(id), 0) FROM interregnum.orders) "
    "FROM interregnum.availability WHERE id = 1";

}  // namespace interregnum::shop
