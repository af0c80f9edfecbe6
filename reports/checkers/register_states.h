// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// The values that a register can have, numbered. With appends they are texts that grow.
class RegisterStates {
public:
    /// With appends: every text that nobody will see, nor anything that it can grow to. Of these
    /// there may be as many as orders of the appends, and they all behave alike.
    static constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();

    RegisterStates(std::span<RegisterOp const> ops, Value initial, Texts const& texts);
    [[nodiscard]] std::uint32_t of(Value value) const { return known_.at(value); }
    /// What `state` becomes when the text of `piece` is put behind it at the line `now`.
    [[nodiscard]] std::uint32_t appended(std::uint32_t state, std::uint32_t piece,
                                         std::uint32_t now);
    /// The state, or `unseen` if no operation that ends at `now` or later looks for what it is or
    /// can grow to.
    [[nodiscard]] std::uint32_t at(std::uint32_t state, std::uint32_t now) const {
        return !appends_ || state == unseen || wanted_until_[state] >= now ? state : unseen;
    }
    /// Whether appends alone can lead from one to the other.
    [[nodiscard]] bool can_grow_to(std::uint32_t from, std::uint32_t to) const;
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    /// What operations look for: texts in their order, and the latest end of those that look for
    /// them. `latest[k][i]` is of the 2^k texts from the i-th on.
    struct Wanted {
        std::vector<std::string_view> texts;
        std::vector<std::vector<std::uint32_t>> latest;
    };
    void want(std::span<RegisterOp const> ops);
    [[nodiscard]] std::uint32_t wanted_until(std::string_view text) const;
    std::uint32_t state_of(std::string_view text);

    bool appends_{false};
    std::uint32_t next_{0};
    std::size_t bytes_{0};
    std::unordered_map<Value, std::uint32_t> known_;
    Texts grown_;                              ///< with appends: the text of each state
    std::vector<std::uint32_t> wanted_until_;  ///< ... the line until which somebody may see it
    Wanted wanted_;
    std::unordered_map<std::uint64_t, std::uint32_t> after_;
    std::string draft_;
};

}  // namespace interregnum::checkers
