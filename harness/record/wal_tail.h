// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/event.h"

namespace interregnum::record {

/// What a PostgreSQL leader wrote beyond the point at which the next one's timeline forked off: the
/// WAL that only it has, and that a rewind of it throws away. In a record it is the value of a
/// `Fact` named `wal_tail`, as one JSON object. Positions are bytes, as pg_lsn counts them.
struct WalTail {
    std::string node;         ///< which led...
    std::int64_t timeline{};  ///< ...on this timeline
    std::string next;         ///< node whose timeline forked off
    std::int64_t fork{-1};    ///< where it did, by that node's history file; -1: not known
    /// Of what the old leader wrote, without the checkpoints at its very end, which its shutdown or
    /// its own recovery wrote; -1: not known.
    std::int64_t end{-1};
    std::string end_from;      ///< "its WAL" or "Patroni's log"; "" when not known
    std::int64_t records{-1};  ///< in between; -1 when they were not read
    std::int64_t commits{-1};  ///< of transactions, by the records; -1 when they were not read
    std::string first_commit;  ///< by the node's own clock, as pg_waldump writes it
    std::string last_commit;
    std::map<std::string, std::int64_t> kinds;  ///< records by resource manager ("Heap": 12)
    std::vector<std::string> segments;          ///< files kept in the run folder, `logs/NODE/wal/`
    std::string not_kept;  ///< why there are none, or not all of them; "" when all are
};

inline constexpr std::string_view wal_tail_fact = "wal_tail";

/// How many bytes of WAL were lost with it; 0 where it had nothing of its own, none where the fork
/// or the end is not known.
[[nodiscard]] std::optional<std::int64_t> lost_bytes(WalTail const& tail);

[[nodiscard]] std::string to_text(WalTail const& tail);
/// Nothing for a text that is no such object. Keys that are not known are ignored.
[[nodiscard]] std::optional<WalTail> wal_tail_from(std::string_view text);

/// All of a record, in its order; what cannot be read is left out.
[[nodiscard]] std::vector<WalTail> wal_tails(Record const& record);

/// "0/3008660" -> its bytes; nothing for anything else, or beyond 2^62.
[[nodiscard]] std::optional<std::int64_t> parse_wal_position(std::string_view text);
/// As PostgreSQL writes it: "0/3008660".
[[nodiscard]] std::string show_wal_position(std::int64_t bytes);

}  // namespace interregnum::record
