// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "reports/checkers/value.h"

namespace interregnum::checkers {

/// Rows of equally many words, each once, in the order they were added.
class ConfigSet {
public:
    explicit ConfigSet(std::size_t words) : words_(words), slots_(16, empty) {}

    /// Whether the row was not there yet. The row may not be of this set.
    bool add(std::span<std::uint64_t const> row) {
        if ((count_ + 1) * 2 > slots_.size()) grow();
        std::size_t place = hash(row) & (slots_.size() - 1);
        while (slots_[place] != empty) {
            if (std::ranges::equal((*this)[slots_[place]], row)) return false;
            place = (place + 1) & (slots_.size() - 1);
        }
        slots_[place] = static_cast<std::uint32_t>(count_++);
        rows_.insert(rows_.end(), row.begin(), row.end());
        return true;
    }
    [[nodiscard]] std::span<std::uint64_t const> operator[](std::size_t index) const {
        return std::span(rows_).subspan(index * words_, words_);
    }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] std::size_t bytes() const {
        return rows_.capacity() * sizeof(std::uint64_t) + slots_.capacity() * sizeof(std::uint32_t);
    }
    void clear() {
        // What one hard moment needed is not swept at every later one.
        if (slots_.size() > 64 && count_ * 16 < slots_.size()) slots_.resize(slots_.size() / 4);
        std::ranges::fill(slots_, empty);
        rows_.clear();
        count_ = 0;
    }

private:
    static constexpr std::uint32_t empty = UINT32_MAX;
    static std::uint64_t hash(std::span<std::uint64_t const> row) {
        std::uint64_t sum = 0;
        for (std::uint64_t const word : row) sum = mix(sum ^ word) + 0x9e3779b97f4a7c15U;
        return sum;
    }
    void grow() {
        slots_.assign(slots_.size() * 4, empty);
        for (std::size_t row = 0; row < count_; ++row) {
            std::size_t place = hash((*this)[row]) & (slots_.size() - 1);
            while (slots_[place] != empty) place = (place + 1) & (slots_.size() - 1);
            slots_[place] = static_cast<std::uint32_t>(row);
        }
    }
    std::size_t words_;
    std::size_t count_{0};
    std::vector<std::uint64_t> rows_;
    std::vector<std::uint32_t> slots_;
};

}  // namespace interregnum::checkers
