// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/format.h"

namespace interregnum {

/// The sentence of the last line: why the verdict is what it is, and what customers felt.
/// "customers could not buy for 31.94 s (limit 60 s); nothing was lost."
[[nodiscard]] std::string because(record::Record const& record, Judgement const& judgement);

/// Whether somebody was certainly not served in a run whose scenario says that nobody may be.
[[nodiscard]] bool down_by_design(record::RunStarted const& run, Judgement const& judgement);

}  // namespace interregnum
