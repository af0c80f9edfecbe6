// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "harness/history_model.h"

namespace interregnum::checkers {

/// What searches may still cost. Asks the clock once in a while only.
class Budget {
public:
    explicit Budget(HistoryLimits const& limits)
        : limits_(&limits),
          clock_(limits.clock),
          deadline_(limits.deadline),
          bytes_(std::min(limits.search_bytes, most_bytes)) {}
    /// For a part of the work: the same memory, no later than `span` from now.
    [[nodiscard]] Budget at_most(Duration span) const {
        Budget part = *this;
        if (clock_ != nullptr) part.deadline_ = std::min(deadline_, clock_->now() + span);
        return part;
    }
    /// Counts steps of a search that keeps `bytes` in memory; false when there is no more to spend.
    [[nodiscard]] bool spend(std::size_t bytes, std::size_t steps = 1) {
        if (bytes > bytes_) why_ = "the memory that a search may take";
        steps_ += steps;
        if (steps_ < next_look_) return why_.empty();
        next_look_ = steps_ + 1024;
        if (clock_ != nullptr && clock_->now() > deadline_) why_ = "the time that was given";
        if (limits_->progress) limits_->progress("searching", -1);
        return why_.empty();
    }
    /// What was not enough, or "".
    [[nodiscard]] std::string_view why() const { return why_; }

private:
    /// A search numbers what it keeps, each of 16 bytes at least, in 32 bits.
    static constexpr std::size_t most_bytes = std::size_t{32} << 30U;
    HistoryLimits const* limits_;
    Clock const* clock_;
    Instant deadline_;
    std::size_t bytes_;
    std::uint64_t steps_{0};
    std::uint64_t next_look_{0};  ///< the first step looks at the clock: no part begins too late
    std::string_view why_;
};

}  // namespace interregnum::checkers
