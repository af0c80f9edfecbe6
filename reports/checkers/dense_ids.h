// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "reports/checkers/value.h"

namespace interregnum::checkers {

/// Numbers values from 0 in the order they are first asked for. By a table over the range where
/// they are whole numbers close together, as the program chooses them, and else by hashing.
class DenseIds {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// Forgets all. `values` gives every value that will be asked for, by calling what it is given.
    template <class Values>
    void reset(Values const& values) {
        std::size_t count = 0;
        bool integers = true;
        least_ = Value::largest;
        std::int64_t most = -Value::largest;
        values([&](Value value) {
            ++count;
            if (value.kind() != Value::Kind::integer) {
                integers = integers && value.is_nil();
                return;
            }
            least_ = std::min(least_, value.number());
            most = std::max(most, value.number());
        });
        next_ = 0;
        nil_ = none;
        auto const range = least_ > most ? 0 : static_cast<std::uint64_t>(most - least_) + 1;
        direct_ = integers && range <= 4 * count + 64;
        if (direct_) {
            ids_.assign(range, none);
        } else {
            slots_.assign(std::bit_ceil(2 * count + 16), Slot{});
        }
    }
    /// The value's number; a new one for a new value.
    std::uint32_t add(Value value) {
        std::uint32_t& id = at(value);
        if (id == none) id = next_++;
        return id;
    }
    /// The value's number, or `none`. Of values that `reset` was told of.
    [[nodiscard]] std::uint32_t find(Value value) { return at(value); }
    /// As `find`, of any value.
    [[nodiscard]] std::uint32_t find_any(Value value) {
        if (!direct_ || value.is_nil()) return at(value);
        if (value.kind() != Value::Kind::integer || value.number() < least_ ||
            static_cast<std::uint64_t>(value.number() - least_) >= ids_.size())
            return none;
        return at(value);
    }
    [[nodiscard]] std::uint32_t size() const { return next_; }

private:
    struct Slot {
        Value value;
        std::uint32_t id{none};  ///< `none`: the slot is free
    };
    // Of an absent value a free slot, which `add` then takes; `reset` made room for all.
    std::uint32_t& at(Value value) {
        if (value.is_nil()) return nil_;
        if (direct_) return ids_[static_cast<std::size_t>(value.number() - least_)];
        std::size_t const mask = slots_.size() - 1;
        std::size_t place = mix(value.bits()) & mask;
        while (slots_[place].id != none && slots_[place].value != value) place = (place + 1) & mask;
        if (slots_[place].id == none) slots_[place].value = value;
        return slots_[place].id;
    }

    std::uint32_t next_{0};
    std::uint32_t nil_{none};
    std::int64_t least_{0};
    bool direct_{true};
    std::vector<std::uint32_t> ids_;
    std::vector<Slot> slots_;
};

}  // namespace interregnum::checkers
