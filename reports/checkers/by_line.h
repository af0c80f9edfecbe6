// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "reports/checkers/history.h"

namespace interregnum::checkers {

/// What happens in each line of the file: the begin of an operation as twice its number, its end
/// as one more; `never` where nothing does. Those of unknown outcome have no end.
[[nodiscard]] inline std::vector<std::uint32_t> by_line(History const& history) {
    std::vector<std::uint32_t> lines(std::size_t{history.lines} + 1, never);
    for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
        Operation const& operation = history.operations[i];
        lines[operation.invoked] = 2 * i;
        if (operation.outcome != Outcome::unknown) lines[operation.completed] = 2 * i + 1;
    }
    return lines;
}

}  // namespace interregnum::checkers
