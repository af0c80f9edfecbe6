// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>

#include "harness/base/clock.h"

namespace interregnum {

/// The random choices of a run, all from its seed: for each fault step in turn one wait, then
/// one choice. A rehearsal draws the same.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : random_(seed) {}

    /// From 0 up to `longest`.
    [[nodiscard]] Duration wait(Duration longest) {
        std::uniform_real_distribution<double> uniform(0.0, 1.0);
        return Duration(
            static_cast<std::int64_t>(uniform(random_) * static_cast<double>(longest.count())));
    }
    /// For `ClusterView::draw`.
    [[nodiscard]] std::uint64_t choice() { return random_(); }

private:
    std::mt19937_64 random_;
};

}  // namespace interregnum
