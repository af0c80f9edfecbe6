// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reports/checkers/value.h"

namespace interregnum::checkers {

/// What an operation does. `get` and `put` are `read` and `write`.
enum class Action : std::uint8_t { other, read, write, cas, append, add, transfer, buy, cancel };

/// `ok` it happened, `failed` it did not, `unknown` it may have, at any time after it began.
enum class Outcome : std::uint8_t { ok, failed, unknown };

inline constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();

/// One operation. Its two times are lines of the file (from 1), which are in the order of events:
/// a came before b only if a.completed < b.invoked.
struct Operation {
    Value key;    ///< nil where the history is of one thing only
    Value value;  ///< argument; of an `ok` read what was read; of a cas what was expected
    Value other;  ///< of a cas the new value; of action `other` its name
    std::uint32_t invoked{};
    std::uint32_t completed{never};  ///< of `ok` and `failed`
    std::uint32_t process{};         ///< dense; a process after an `unknown` is another one
    Action action{Action::other};
    Outcome outcome{Outcome::unknown};
};

/// Texts, each once.
class Texts {
public:
    [[nodiscard]] std::uint64_t index(std::string_view text);
    [[nodiscard]] std::string const& at(std::uint64_t index) const { return all_[index]; }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    std::deque<std::string> all_;  // does not move what the map's keys point to
    std::unordered_map<std::string_view, std::uint64_t> known_;
};

/// Lists and maps, one after the other. What was read in pieces stays in the pieces' memory: of a
/// long history most of the memory is here, and is neither copied nor grown.
class Lists {
public:
    [[nodiscard]] std::span<Value const> at(Value list) const {
        Extent const& extent = extents_[list.index()];
        std::vector<Value> const& items = extent.piece == 0 ? items_ : pieces_[extent.piece - 1];
        return std::span(items).subspan(extent.first, extent.count);
    }
    [[nodiscard]] std::uint64_t size() const { return extents_.size(); }
    /// What is pushed to `items` after `begin` becomes the list that `end` gives the number of.
    [[nodiscard]] std::size_t begin() const { return items_.size(); }
    void push(Value item) { items_.push_back(item); }
    [[nodiscard]] std::uint64_t end(std::size_t begun) {
        extents_.push_back({.first = begun, .count = items_.size() - begun});
        return extents_.size() - 1;
    }
    /// Forgets the newest list.
    void drop_last() {
        items_.resize(extents_.back().first);
        extents_.pop_back();
    }
    /// Forgets what was pushed after `begun` and never ended.
    void cut(std::size_t begun, std::uint64_t lists) {
        items_.resize(begun);
        extents_.resize(lists);
    }
    /// The lists of a piece, which has none of a piece itself, each of their items changed.
    template <class Change>
    void append(Lists&& more, Change change) {
        for (Value& item : more.items_) item = change(item);
        pieces_.push_back(std::move(more.items_));
        for (Extent const& extent : more.extents_)
            extents_.push_back(
                {.first = extent.first, .count = extent.count, .piece = pieces_.size()});
    }

private:
    struct Extent {
        std::size_t first;
        std::size_t count;
        std::size_t piece{};  ///< 0 `items_`, else one of `pieces_`, from 1
    };
    std::vector<Value> items_;
    std::vector<std::vector<Value>> pieces_;
    std::vector<Extent> extents_;
};

/// Nanoseconds of the file's `time`; both 0 where it has none.
struct Times {
    std::int64_t invoked{};
    std::int64_t completed{};
};

struct History {
    std::vector<Operation> operations;  ///< in the order they began
    std::vector<Times> times;           ///< of each operation, if they were asked for
    Texts texts;
    Lists lists;
    std::uint32_t lines{};
    std::uint32_t processes{};

    /// A value for people: `nil`, `3`, `"x"`, `[1 2 3 ... 97 more]`.
    [[nodiscard]] std::string show(Value value) const;
    /// An operation for people: `process 3 read key 7 -> 5, lines 12 to 19`.
    [[nodiscard]] std::string show(Operation const& operation) const;
};

/// "read", "write"...
[[nodiscard]] std::string_view to_text(Action action);

}  // namespace interregnum::checkers
