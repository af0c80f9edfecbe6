// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// What is read back from each node once the drill is over.
namespace interregnum::shop {

/// The tables that sales are written to, in the order in which customers come to them (purchase.h).
inline constexpr std::string_view written_tables =
    "interregnum.vouchers, interregnum.orders, interregnum.positions, interregnum.transactions, "
    "interregnum.payments";

/// $1 channel, $2 token to go on after, $3 rows at most: token, an id, how often it is there.
inline constexpr std::string_view read_tokens =
    "SELECT token, min(id), count(*) FROM interregnum.orders WHERE channel = $1 AND token > $2 "
    "GROUP BY token ORDER BY token LIMIT $3::int";

/// Each quota: name, size, sold.
inline constexpr std::string_view read_quotas =
    "SELECT name, size, sold FROM interregnum.availability ORDER BY id";

/// Each voucher that was used: code, its highest number of uses, and how often it was: what the
/// voucher itself says, or the positions that name it, whichever is more.
inline constexpr std::string_view read_vouchers =
    "SELECT v.code, v.max_usages, greatest(v.redeemed, count(o.id)) "
    "FROM interregnum.vouchers v "
    "LEFT JOIN interregnum.positions p ON p.voucher_id = v.id AND p.item_id <> 1 "
    "LEFT JOIN interregnum.orders o ON o.id = p.order_id AND o.status IN ('n', 'p') "
    "GROUP BY v.id HAVING greatest(v.redeemed, count(o.id)) > 0 ORDER BY v.id";

/// The canary rows, each unbroken sequence of numbers as one: node and first number ("db1/388"),
/// first number, how many. $1 sequences at most: rows of an hour are as many as there were breaks.
inline constexpr std::string_view read_canaries =
    "SELECT node || '/' || min(number), min(number), count(*) FROM ("
    "SELECT node, number, number - row_number() OVER (PARTITION BY node ORDER BY number) AS piece "
    "FROM interregnum.canaries) AS numbered "
    "GROUP BY node, piece ORDER BY node, min(number) LIMIT $1::int";

/// Each seat that was sold: label, number, how often.
inline constexpr std::string_view read_seats =
    "SELECT s.label, s.id, count(*) FROM interregnum.seats s "
    "JOIN interregnum.positions p ON p.seat_id = s.id AND p.item_id <> 1 "
    "JOIN interregnum.orders o ON o.id = p.order_id AND o.status IN ('n', 'p') "
    "GROUP BY s.id, s.label ORDER BY s.id";

/// Each order that its positions, payments and transactions do not agree with: token, id, and in
/// how many of the three ways. The transactions are the redundancy that finds what was half lost.
inline constexpr std::string_view read_unbalanced =
    "SELECT o.token, o.id, (o.total <> coalesce(p.total, 0))::int + "
    "(o.total <> coalesce(m.total, 0))::int + (o.total <> coalesce(t.total, 0) "
    "OR coalesce(t.pieces, 0) <> coalesce(p.pieces, 0))::int AS wrong "
    "FROM interregnum.orders o "
    "LEFT JOIN (SELECT order_id, sum(price) AS total, count(*) AS pieces "
    "FROM interregnum.positions GROUP BY 1) p ON p.order_id = o.id "
    "LEFT JOIN (SELECT order_id, sum(amount) AS total FROM interregnum.payments GROUP BY 1) m "
    "ON m.order_id = o.id "
    "LEFT JOIN (SELECT order_id, sum(price * count) AS total, sum(count) AS pieces "
    "FROM interregnum.transactions GROUP BY 1) t ON t.order_id = o.id "
    "WHERE o.status IN ('n', 'p') AND (o.total <> coalesce(p.total, 0) "
    "OR o.total <> coalesce(m.total, 0) OR o.total <> coalesce(t.total, 0) "
    "OR coalesce(t.pieces, 0) <> coalesce(p.pieces, 0)) ORDER BY o.id LIMIT 2000";

}  // namespace interregnum::shop
