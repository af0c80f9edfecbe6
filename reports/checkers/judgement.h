// SPDX-License-Identifier: MIT
#pragma once

#include "harness/history_model.h"
#include "reports/checkers/history.h"
#include "reports/checkers/register_op.h"

namespace interregnum::checkers {

/// A finding for people: its operations with their lines.
[[nodiscard]] HistoryFinding tell(History const& history, Found const& found);

/// Whether a value as an option gives it: `nil`, a whole number, or a text. Puts texts into the
/// history's table.
[[nodiscard]] Value value_of_option(History& history, std::string_view text);

/// What the register, cas-register and map models have in common, after the reading.
struct RegisterRules;
[[nodiscard]] HistoryJudgement judge_registers(History const& history, RegisterRules const& rules,
                                               HistoryLimits const& limits);

/// "1 operation", "3 operations".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view what);

}  // namespace interregnum::checkers
