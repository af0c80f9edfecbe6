// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <vector>

#include "reports/checkers/config_set.h"
#include "reports/checkers/register_search.h"
#include "reports/checkers/register_states.h"

namespace interregnum::checkers {

/// The configurations that a register can be in, as the ends of operations go by (see
/// `search_register`). A configuration is a word with value and last write, then a bit a slot: the
/// operation that has the slot has taken effect.
class RegisterSearch {
public:
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    /// Keeps at most `width` configurations at a time, the most promising.
    RegisterSearch(std::span<RegisterOp const> ops, Value initial, Texts const& texts,
                   Budget& budget, std::size_t width);
    SearchAnswer run();
    /// Whether some were dropped: then `broken` says only that the others led nowhere.
    [[nodiscard]] bool narrowed() const { return narrowed_; }

private:
    /// Ways looked at to the end of an operation, from each configuration, by a narrow search.
    static constexpr std::size_t ways = 16;

    /// An operation as the search needs it.
    struct Op {
        std::uint32_t from;  ///< what is read, expected, refused
        std::uint32_t to;    ///< what it becomes; of an append the piece
        std::uint32_t invoked;
        std::uint32_t completed;
        std::uint32_t place;  ///< in the caller's list
        RegisterOp::Kind kind;
        std::uint32_t slot;
    };
    using Row = std::vector<std::uint64_t>;
    static std::uint32_t state(std::span<std::uint64_t const> row) {
        return static_cast<std::uint32_t>(row[0] >> 32U);
    }
    static std::uint32_t last_write(std::span<std::uint64_t const> row) {
        return static_cast<std::uint32_t>(row[0]);
    }
    static bool done(std::span<std::uint64_t const> row, Op const& op) {
        return ((row[1 + op.slot / 64] >> (op.slot % 64)) & 1U) != 0;
    }
    static void set(Row& row, Op const& op) { row[1 + op.slot / 64] |= bit(op); }
    static void unset(Row& row, Op const& op) { row[1 + op.slot / 64] &= ~bit(op); }
    static std::uint64_t bit(Op const& op) { return std::uint64_t{1} << (op.slot % 64); }

    void give_slots();
    bool begin(std::uint32_t index);
    bool end(std::uint32_t index);
    void leave(Row const& row, Op const& ending);
    [[nodiscard]] std::uint32_t result(Row const& row, Op const& op, std::uint32_t now);
    void expand(Row const& row, Op const& ending);
    [[nodiscard]] bool worth_trying(Row const& row, Op const& op, std::uint32_t now);
    void note_demand(std::span<std::uint64_t const> row);
    [[nodiscard]] bool demanded(Op const& op) const;
    void take_effect(Row& row, Op const& op, std::uint32_t now);
    [[nodiscard]] bool hopeless(Row const& row, std::uint32_t now) const;
    bool prune();
    void narrow(std::size_t width);
    [[nodiscard]] bool covers(std::span<std::uint64_t const> one,
                              std::span<std::uint64_t const> other) const;
    /// After `steps` more; false: there is no more to spend.
    bool affordable(std::size_t steps = 1) {
        std::size_t const queue =
            queue_.size() * (sizeof(Row) + (words_ + 2) * sizeof(Row::value_type));
        return budget_->spend(
            now_.bytes() + next_.bytes() + seen_.bytes() + states_.bytes() + queue, steps);
    }

    std::vector<std::uint32_t> kept_;
    RegisterStates states_;
    std::vector<Op> ops_;
    bool appends_{false};
    bool dependent_{false};  ///< some changes depend on what was there
    std::size_t words_{1};
    Budget* budget_;
    std::size_t width_;
    bool narrowed_{false};
    ConfigSet now_{1}, next_{1}, seen_{1};
    std::vector<std::uint32_t>
        pending_;           ///< operations that have begun; those that end first first
    Row reads_, optional_;  ///< slots, for `covers`
    Row endless_;           ///< slots of changes of unknown outcome
    std::vector<std::uint32_t> reads_to_come_;  ///< with appends: by their begin, the next one last
    std::vector<std::uint32_t> writes_to_come_;
    std::vector<std::uint64_t> tried_;   ///< effects, in one expansion
    std::vector<std::uint32_t> demand_;  ///< values that pending operations wait for, in it
    bool any_change_{false};             ///< a pending one waits for any other value
    std::deque<Row> queue_;
};

}  // namespace interregnum::checkers
