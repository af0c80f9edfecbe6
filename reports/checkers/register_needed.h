// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// The places in `ops` of those that a search has to look at: without the changes of unknown
/// outcome whose value nobody reads or expects. Leaving one out may make another useless. All of
/// them where an operation sees more than equality (a refused cas, an append).
[[nodiscard]] std::vector<std::uint32_t> needed(std::span<RegisterOp const> ops);

}  // namespace interregnum::checkers
