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
          bytes_(limits.search_bytes) {}
    /// For a part of the work: the same memory, no later than `span` from now.
    [[nodiscard]] Budget at_most(Duration span) const {
        Budget part = *this;
        if (clock_ != nullptr) part.deadline_ = std::min(deadline_, clock_->now() + span);
        return part;
    }
    /// Counts one step that keeps `bytes` in memory; false when there is no more to spend.
    [[nodiscard]] bool spend(std::size_t bytes) {
        if (bytes > bytes_) why_ = "the memory that a search may take";
        if (++steps_ % 1024 != 0) return why_.empty();
        if (clock_ != nullptr && clock_->now() > deadline_) why_ = "the time that was given";
        if (limits_->progress) limits_->progress("searching", -1);
        return why_.empty();
    }
    /// What was not enough, or "".
    [[nodiscard]] std::string_view why() const { return why_; }
    [[nodiscard]] std::uint64_t steps() const { return steps_; }

private:
    HistoryLimits const* limits_;
    Clock const* clock_;
    Instant deadline_;
    std::size_t bytes_;
    std::uint64_t steps_{0};
    std::string_view why_;
};

}  // namespace interregnum::checkers
