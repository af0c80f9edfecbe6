// SPDX-License-Identifier: MIT
#include "reports/checkers/line_pieces.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace interregnum::checkers {
namespace {

/// A longer line than this is no event: the file is something else.
constexpr std::size_t line_limit = std::size_t{1} << 30U;

Status blame(Piece& piece, Error::Kind kind, std::string message) {
    piece.error_line = piece.lines;
    return fail(kind, std::move(message));
}

/// Appends from `offset` on until a newline or the end of the source.
Status read_to_newline(HistorySource const& source, std::uint64_t offset, std::string& text) {
    constexpr std::size_t step = std::size_t{64} << 10U;
    for (;;) {
        std::size_t const before = text.size();
        text.resize(before + step);
        auto const count = source.read_at(offset, std::span(text).subspan(before));
        if (!count) return std::unexpected(count.error());
        text.resize(before + *count);
        offset += *count;
        std::size_t const newline = text.find('\n', before);
        if (newline != std::string::npos) {
            text.resize(newline + 1);
            return {};
        }
        if (*count == 0) return {};
        if (text.size() > line_limit)
            return fail(Error::Kind::invalid,
                        "a line is longer than 1 GiB: this is no history in JSON lines");
    }
}

/// The text of the lines that begin in [first, first + size).
Result<std::string> text_of(HistorySource const& source, std::uint64_t first, std::uint64_t size) {
    // One byte before tells whether a line begins at `first`.
    std::uint64_t const from = first == 0 ? 0 : first - 1;
    std::string text(size + (first - from), '\0');
    auto const count = source.read_at(from, text);
    if (!count) return std::unexpected(count.error());
    text.resize(*count);
    if (first != 0) {
        std::size_t const newline = text.find('\n');
        if (newline == std::string::npos) return std::string();  // amid a long line
        text.erase(0, newline + 1);
        if (text.empty()) return text;
    }
    if (!text.empty() && text.back() != '\n')
        if (Status const done = read_to_newline(source, from + *count, text); !done)
            return std::unexpected(done.error());
    return text;
}

}  // namespace

Piece read_piece(HistorySource const& source, std::uint64_t first, std::uint64_t size,
                 Shape const& shape) {
    Piece piece;
    auto const text = text_of(source, first, size);
    if (!text) {
        piece.lines = 1;
        piece.status = blame(piece, text.error().kind, text.error().message);
        return piece;
    }
    std::string_view left = *text;
    piece.events.reserve(left.size() / 64);
    while (!left.empty()) {
        std::size_t const end = std::min(left.find('\n'), left.size());
        std::string_view const line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        ++piece.lines;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        Event event;
        event.line = piece.lines;
        if (Status const done = read_line(line, shape, piece.tables, event); !done) {
            piece.status = blame(piece, done.error().kind, done.error().message);
            return piece;
        }
        if (!event.ignored) piece.events.push_back(event);
    }
    return piece;
}

LinePieces::LinePieces(HistorySource const& source, Shape const& shape, std::uint64_t piece_size,
                       unsigned threads)
    : source_(&source),
      shape_(&shape),
      piece_size_(piece_size),
      pieces_((source.size() + piece_size - 1) / piece_size),
      most_kept_(std::uint64_t{4} * threads) {
    if (pieces_ < 2) threads = 0;  // not worth one
    slots_.resize(std::size_t{32} * std::max(threads, 1U));
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

LinePieces::~LinePieces() {
    {
        std::scoped_lock const lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
}

void LinePieces::work() {
    for (;;) {
        std::uint64_t mine = 0;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] {
                return over_ || begun_ == pieces_ ||
                       (kept_ < most_kept_ && begun_ < given_ + slots_.size());
            });
            if (over_ || begun_ == pieces_) return;
            mine = begun_++;
            ++kept_;
        }
        Piece piece = read_piece(*source_, mine * piece_size_, piece_size_, *shape_);
        {
            std::scoped_lock const lock(mutex_);
            if (piece.lines == 0) --kept_;
            slots_[mine % slots_.size()] = std::move(piece);
        }
        changed_.notify_all();
    }
}

std::optional<Piece> LinePieces::next() {
    if (given_ == pieces_) return std::nullopt;
    if (threads_.empty()) {
        Piece piece = read_piece(*source_, given_ * piece_size_, piece_size_, *shape_);
        ++given_;
        return piece;
    }
    std::unique_lock lock(mutex_);
    std::optional<Piece>& slot = slots_[given_ % slots_.size()];
    changed_.wait(lock, [&slot] { return slot.has_value(); });
    std::optional<Piece> piece = std::exchange(slot, std::nullopt);
    ++given_;
    if (piece->lines != 0) --kept_;
    lock.unlock();
    changed_.notify_all();
    return piece;
}

double LinePieces::share() const {
    return pieces_ == 0 ? 1 : static_cast<double>(given_) / static_cast<double>(pieces_);
}

}  // namespace interregnum::checkers
