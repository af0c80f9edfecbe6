// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history_line.h"

namespace interregnum::checkers {

/// The events of some consecutive lines.
struct Piece {
    std::vector<Event> events;  ///< their lines count from 1 in the piece
    Tables tables;
    std::uint32_t lines{};
    Status status;  ///< the first error; its message begins with "LINE:COLUMN: "
    std::uint32_t error_line{};
};

/// The lines that begin in [first, first + size) of the source.
[[nodiscard]] Piece read_piece(HistorySource const& source, std::uint64_t first, std::uint64_t size,
                               Shape const& shape);

/// Reads the pieces of a source in several threads and gives them out in order. At most four a
/// thread are kept, so memory does not grow with the file; of those amid a long line, in which no
/// line begins, many more, since they hold nothing: the other threads go on beyond that line.
class LinePieces {
public:
    LinePieces(HistorySource const& source, Shape const& shape, std::uint64_t piece_size,
               unsigned threads);
    LinePieces(LinePieces const&) = delete;
    LinePieces& operator=(LinePieces const&) = delete;
    ~LinePieces();
    /// The next one, or nothing at the end. From one thread only.
    [[nodiscard]] std::optional<Piece> next();
    /// How much of the source has been given out, 0 to 1.
    [[nodiscard]] double share() const;

private:
    void work();
    HistorySource const* source_;
    Shape const* shape_;
    std::uint64_t piece_size_;
    std::uint64_t pieces_;
    std::uint64_t most_kept_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t begun_{0};
    std::uint64_t given_{0};
    std::uint64_t kept_{0};  ///< begun, not given, and not known to be empty
    bool over_{false};
    std::vector<std::optional<Piece>> slots_;
    std::vector<std::jthread> threads_;
};

}  // namespace interregnum::checkers
