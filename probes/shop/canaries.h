// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

/// Writes that are tried on a node directly, past every proxy.
namespace interregnum::shop {

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

}  // namespace interregnum::shop
