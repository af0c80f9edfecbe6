// SPDX-License-Identifier: MIT
#include "reports/checkers/history_reader.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "reports/checkers/line_pieces.h"

namespace interregnum::checkers {
namespace {

/// Checkers number begins and ends of operations in 32 bits.
constexpr std::uint64_t most_lines = never / 2;

/// Pairs what began with what ended, event by event.
class Pairing {
public:
    Pairing(History& history, bool times) : history_(&history), times_(times) {}

    /// On failure a message without file and line.
    Status take(Event const& event) {
        if (event.index >= 0) {
            if (event.index <= index_)
                return fail(Error::Kind::invalid,
                            fmt::format("index {} comes after index {}: every event has its own, "
                                        "and they grow",
                                        event.index, index_));
            index_ = event.index;
        }
        Open& open = open_of(event.process);
        if (event.type == Event::Type::invoke) return begin(event, open);
        if (open.operation == none) {
            // A nemesis may have a number, too, and what it does is told by `info` alone.
            if (event.type == Event::Type::info) return {};
            return fail(Error::Kind::invalid,
                        fmt::format("process {} ends an operation here, but none of it was begun "
                                    "by an \"invoke\" before",
                                    event.process));
        }
        Operation& operation = history_->operations[open.operation];
        if (operation.action != event.action)
            return fail(
                Error::Kind::invalid,
                fmt::format("process {} ends a {} here, but what it began in line {} is a {}",
                            event.process, to_text(event.action), operation.invoked,
                            to_text(operation.action)));
        end(event, operation);
        if (times_) history_->times[open.operation].completed = event.time;
        if (event.type == Event::Type::info) open.process = none;  // goes on as somebody else
        open.operation = none;
        return {};
    }

private:
    static constexpr std::uint32_t none = never;
    struct Open {
        std::uint32_t operation{none};
        std::uint32_t process{none};
    };

    Open& open_of(std::int64_t process) {
        constexpr std::int64_t directly = 1 << 20;
        if (process < 0 || process >= directly) return others_[process];
        auto const index = static_cast<std::size_t>(process);
        if (index >= open_.size()) open_.resize(std::max(index + 1, open_.size() * 2));
        return open_[index];
    }
    Status begin(Event const& event, Open& open) {
        if (open.operation != none)
            return fail(Error::Kind::invalid,
                        fmt::format("process {} begins an operation, but its one of line {} has "
                                    "not ended",
                                    event.process, history_->operations[open.operation].invoked));
        if (open.process == none) open.process = history_->processes++;
        open.operation = static_cast<std::uint32_t>(history_->operations.size());
        history_->operations.push_back({.key = event.key,
                                        .value = event.value,
                                        .other = event.other,
                                        .invoked = event.line,
                                        .process = open.process,
                                        .action = event.action});
        if (times_) history_->times.push_back({.invoked = event.time});
        return {};
    }
    static void end(Event const& event, Operation& operation) {
        if (event.type == Event::Type::info) return;
        operation.completed = event.line;
        operation.outcome = event.type == Event::Type::ok ? Outcome::ok : Outcome::failed;
        // A purchase may have got another amount than it asked for.
        bool const answered = operation.action == Action::read || operation.value.is_nil() ||
                              (operation.action == Action::buy && !event.value.is_nil());
        if (operation.outcome == Outcome::ok && answered) {
            operation.value = event.value;
            operation.other = event.other;
        }
        if (operation.outcome == Outcome::failed && !event.other.is_nil() &&
            operation.other.is_nil())
            operation.other = event.other;
    }

    History* history_;
    bool times_;
    std::int64_t index_{-1};
    std::vector<Open> open_;
    std::unordered_map<std::int64_t, Open> others_;
};

/// Makes what the events of a piece point to part of the history's tables.
class Merging {
public:
    Merging(History& history, Tables&& tables) : first_list_(history.lists.size()) {
        texts_.reserve(tables.texts.size());
        for (std::size_t i = 0; i < tables.texts.size(); ++i)
            texts_.push_back(history.texts.index(tables.texts.at(i)));
        history.lists.append(std::move(tables.lists),
                             [this](Value value) { return (*this)(value); });
    }
    Value operator()(Value value) const {
        switch (value.kind()) {
            case Value::Kind::text:
                return Value::text(texts_[value.index()]);
            case Value::Kind::list:
                return Value::list(first_list_ + value.index());
            case Value::Kind::map:
                return Value::map(first_list_ + value.index());
            case Value::Kind::nil:
            case Value::Kind::integer:
                break;
        }
        return value;
    }

private:
    std::uint64_t first_list_;
    std::vector<std::uint64_t> texts_;
};

/// Once, from what the first piece held: the whole is then allocated at one go.
void reserve(History& history, std::uint64_t bytes, std::uint64_t piece, bool times) {
    std::uint64_t const guess =
        history.operations.size() * (bytes / std::max<std::uint64_t>(piece, 1) + 1);
    history.operations.reserve(guess + guess / 32);
    if (times) history.times.reserve(guess + guess / 32);
}

}  // namespace

Result<std::size_t> TextSource::read_at(std::uint64_t offset, std::span<char> to) const {
    if (offset >= text_.size()) return 0;
    std::string_view const there = text_.substr(offset, to.size());
    std::ranges::copy(there, to.begin());
    return there.size();
}

Result<History> read_history(HistorySource const& source, Shape const& shape,
                             HistoryLimits const& limits, ReadOptions const& options) {
    History history;
    Pairing pairing(history, options.times);
    unsigned const threads = options.threads != 0
                                 ? options.threads
                                 : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    LinePieces pieces(source, shape, options.piece, threads);
    auto const place = [&](std::uint32_t line, std::string_view message) {
        return fail(Error::Kind::invalid, fmt::format("{}:{}:{}", source.name(), line, message));
    };
    std::uint64_t lines = 0;
    while (auto piece = pieces.next()) {
        if (lines + piece->lines > most_lines)
            return fail(Error::Kind::invalid,
                        fmt::format("{} has more than {} lines", source.name(), most_lines));
        auto const first = static_cast<std::uint32_t>(lines);
        Merging const merged(history, std::move(piece->tables));
        for (Event& event : piece->events) {
            event.line += first;
            event.key = merged(event.key);
            event.value = merged(event.value);
            event.other = merged(event.other);
            if (Status const done = pairing.take(event); !done)
                return place(event.line, "1: " + done.error().message);
        }
        if (!piece->status) return place(first + piece->error_line, piece->status.error().message);
        if (lines == 0) reserve(history, source.size(), options.piece, options.times);
        lines += piece->lines;
        if (limits.progress) limits.progress("reading", pieces.share());
    }
    history.lines = static_cast<std::uint32_t>(lines);
    return history;
}

}  // namespace interregnum::checkers
