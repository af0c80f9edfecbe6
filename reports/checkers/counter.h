// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// What a read may show: at least what had been added for certain when it began, at most all that
/// may have been added when it ended. Of what is taken away the other way round.
struct CounterRead {
    std::int64_t least{};
    std::int64_t value{};
    std::int64_t most{};
    friend bool operator==(CounterRead const&, CounterRead const&) = default;
};

struct CounterAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::vector<CounterRead> reads;  ///< in the order they ended
    std::uint64_t wrong{};
    std::vector<Found> found;
};

/// A counter that starts at 0. A failed add is none; one of unknown outcome may have happened at
/// any time since it began. Without a read nothing is known.
[[nodiscard]] CounterAnswer check_counter(History const& history);

}  // namespace interregnum::checkers
