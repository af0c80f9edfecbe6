// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reports/checkers/budget.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// Of a register that is not linearizable, few operations that prove it: `id`s, in order.
///
/// Takes away what a linearizable history could lose and stay linearizable: reads, the certainty
/// that a change happened, and then changes that may have happened and that nobody needs. So what
/// is left is broken by itself. It is as small as single steps can make it, if the budget lasts.
[[nodiscard]] std::vector<std::uint32_t> shrink(std::span<RegisterOp const> ops,
                                                std::uint32_t broken_at, Value initial,
                                                Texts const& texts, Budget budget);

}  // namespace interregnum::checkers
