// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "harness/base/clock.h"

namespace interregnum::test {

/// What a long steady run took of the controller.
struct Endurance {
    int exit_status{};
    std::uint64_t early_bytes{};  ///< resident memory, the most in the second fifth of the span
    std::uint64_t late_bytes{};   ///< the most in the last fifth
    std::uint64_t peak_bytes{};   ///< of the whole run, reading back and reports included
    std::uint64_t attempts{};     ///< of orders
    std::uint64_t acknowledged{};
    std::uint64_t record_bytes{};
};

/// Buys 500 orders a second on the lab for `span`, as `interregnum run` does, and looks at its
/// memory once a second. Fails the test where the run cannot be made; prints one line.
[[nodiscard]] Endurance endure(Duration span);

}  // namespace interregnum::test
