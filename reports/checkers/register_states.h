// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// The values that a register can have, numbered. With appends they are texts that grow.
class RegisterStates {
public:
    RegisterStates(std::span<RegisterOp const> ops, Value initial, Texts const& texts);
    [[nodiscard]] std::uint32_t of(Value value) const { return known_.at(value); }
    /// What `state` becomes when the text of `piece` is put behind it.
    [[nodiscard]] std::uint32_t appended(std::uint32_t state, std::uint32_t piece);
    /// Whether appends alone can lead from one to the other.
    [[nodiscard]] bool can_grow_to(std::uint32_t from, std::uint32_t to) const;
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint32_t size() const { return next_; }

private:
    std::uint32_t state_of(std::string text);
    bool appends_{false};
    std::uint32_t next_{0};
    std::size_t bytes_{0};
    std::unordered_map<Value, std::uint32_t> known_;
    Texts grown_;  ///< with appends: the text of each state
    std::unordered_map<std::uint64_t, std::uint32_t> after_;
};

}  // namespace interregnum::checkers
