// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// How the operations of a history are meant.
struct RegisterRules {
    Value initial;               ///< what every key holds at first
    bool nil_unknown{false};     ///< an `ok` read of nil says nothing
    bool refusals{false};        ///< a `failed` cas found another value than it expected
    bool nil_is_initial{false};  ///< a read of nil is one of the initial value
};

struct LinearizableAnswer {
    HistoryVerdict verdict{HistoryVerdict::valid};
    std::vector<Found> found;  ///< of the first keys that are broken
    std::uint64_t keys{};
    std::uint64_t broken_keys{};
    std::uint64_t searched_keys{};  ///< whose values are not unique
    std::uint64_t open_keys{};      ///< which the search could not decide within its limits
    std::string_view why_open;      ///< what was not enough
};

/// Linearizability of a map of registers: of each key by itself, for such a map is linearizable if
/// and only if each of its registers is (Herlihy and Wing, "Linearizability", 1990, theorem 1).
/// By zones where written values are unique, else by the complete search.
[[nodiscard]] LinearizableAnswer check_linearizable(History const& history,
                                                    RegisterRules const& rules,
                                                    HistoryLimits const& limits);

}  // namespace interregnum::checkers
