// SPDX-License-Identifier: MIT
#include "harness/engine/states_when_settled.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "harness/record/node_difference.h"

namespace interregnum {

namespace {

constexpr Duration try_again = std::chrono::milliseconds(500);

bool as_before(std::vector<record::NodeState> const& before,
               std::vector<record::NodeState> const& now) {
    std::size_t const known = std::min(before.size(), now.size());
    for (std::size_t index = 0; index < known; ++index)
        if (!now[index].complete || !record::node_differences(before[index], now[index]).empty())
            return false;
    return true;
}

}  // namespace

std::vector<record::NodeState> states_when_settled(
    std::vector<record::NodeState> const& before,
    std::function<std::vector<record::NodeState>()> const& take, Duration patience, Clock& clock) {
    Instant const deadline = clock.now() + patience;
    while (true) {
        auto states = take();
        if (as_before(before, states) || clock.now() >= deadline) return states;
        clock.sleep_for(try_again, {});
    }
}

}  // namespace interregnum
