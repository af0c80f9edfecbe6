// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/record/wal_tail.h"

/// What is asked of nodes to keep the WAL of a leader that was replaced, and what their answers
/// mean. All of it only reads, as the owner of the files; nothing is written on a node.
///
/// pg_rewind copies the new leader's files over those of the old one, the last segments of WAL
/// that both have among them (PostgreSQL 15: seen), and writes pg_control last. So what is read is
/// the old leader's own only while pg_control still names its timeline, no pg_rewind runs, no
/// segment changed while they were read, and the WAL reaches beyond pg_control's checkpoint.
namespace interregnum {

/// For `sh -s`: where a node's PostgreSQL keeps its data, and its programs.
[[nodiscard]] std::string wal_places_script();
struct WalPlaces {
    std::string data;      ///< PostgreSQL's data folder
    std::string programs;  ///< folder of pg_controldata and pg_waldump
};
/// Nothing where no PostgreSQL ran.
[[nodiscard]] std::optional<WalPlaces> parse_wal_places(std::string_view out);

/// For `sh -s -- DATA`: the newest history file of a node's timelines.
[[nodiscard]] std::string history_script();
/// Where the timeline that came after `timeline` forked off, by a history file.
[[nodiscard]] std::optional<std::int64_t> fork_of(std::string_view history, std::int64_t timeline);

/// For `sh -s -- DATA PROGRAMS TIMELINE FORK`: the WAL of a timeline from the fork on.
[[nodiscard]] std::string tail_script();

/// What a look at the tail showed.
struct TailLook {
    enum class State {
        final,     ///< all there is: nobody writes on that timeline any more
        so_far,    ///< a server is still up that may write more
        unsteady,  ///< it changed while it was read: look again
        gone,      ///< it is not the old leader's any more; `why`
    };
    State state{State::unsteady};
    std::string why;               ///< of `gone`, and why the end is not known
    record::WalTail tail;          ///< end, records, commits and kinds; the rest is the asker's
    std::int64_t segment_bytes{};  ///< of one file of WAL
};
/// `out`: what the script printed. `tail`: what is known already; with the fork.
[[nodiscard]] Result<TailLook> parse_tail(std::string_view out, record::WalTail tail);

/// The end of a record of that many bytes, by the layout of WAL: pages of 8 KiB with a header of
/// 24 bytes (40 on the first of a segment), records aligned to 8 bytes (PostgreSQL,
/// access/xlog_internal.h).
[[nodiscard]] std::int64_t end_of_record(std::int64_t position, std::int64_t length,
                                         std::int64_t segment_bytes);

/// A piece of a file of WAL as it is copied, and what it begins or ends.
struct WalPiece {
    std::string segment;   ///< "000000010000000000000003"
    std::int64_t skip{};   ///< bytes from the file's start
    std::int64_t keep{};   ///< bytes of the file...
    std::int64_t zeros{};  ///< ...and so many of zero behind them: past the end there is old WAL
};
/// All files from the fork to the end, in pieces of at most 4 MiB; none for a tail over 4 GiB.
[[nodiscard]] std::vector<WalPiece> pieces_of(record::WalTail const& tail,
                                              std::int64_t segment_bytes);
/// For `sh -s -- DATA SEGMENT SKIP KEEP ZEROS`: that piece through gzip.
[[nodiscard]] std::string piece_script();

/// For `sh -s -- SECONDS`: what Patroni's log of the last so many seconds says of rewinds.
[[nodiscard]] std::string rewind_log_script();
struct RewindLog {
    /// Of the old timeline, as Patroni compared it. Its recovery of a leader that crashed writes a
    /// checkpoint, and where WAL is archived into the next file: then what was lost is less.
    std::int64_t end{-1};
    std::string rewound;  ///< when pg_rewind found that the servers had diverged; node's clock
};
[[nodiscard]] RewindLog parse_rewind_log(std::string_view out, std::int64_t timeline);

}  // namespace interregnum
