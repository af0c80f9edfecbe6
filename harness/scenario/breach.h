// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace interregnum {

/// What customers must never be told or lose, as it happens. Any of them is enough to call a run
/// off (`abort_if`).
enum class Breach {
    split_brain,  ///< two nodes take writes
    duplicated,   ///< a number of an order, or a fencing token, that another customer has already
    oversold,     ///< more was sold than there is
    lost,         ///< an acknowledged order is gone from the leader
};

/// Every breach with its name in `abort_if`, in the order of the enumerators.
inline constexpr std::array<std::pair<std::string_view, Breach>, 4> breach_names{
    {{"split_brain", Breach::split_brain},
     {"duplicated", Breach::duplicated},
     {"oversold", Breach::oversold},
     {"lost", Breach::lost}}};

[[nodiscard]] constexpr std::string_view name_of(Breach breach) {
    return breach_names.at(static_cast<std::size_t>(breach)).first;
}

}  // namespace interregnum
