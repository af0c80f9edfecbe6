// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "harness/statistics.h"

namespace interregnum {

/// A summary.json as the format "json" writes it, also of older versions: what is missing there is
/// not known. It may be anybody's file: at most 16 MiB, 32 deep and a million values; control
/// characters in its texts become "?". Errors (`invalid`) name the JSON path.
[[nodiscard]] Result<RunSummary> read_summary(std::string_view json);

}  // namespace interregnum
