// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "harness/base/option.h"

namespace interregnum {

/// Options that a table accepts: its fallbacks, and where a required one has none the first value
/// that fits ("leader", 10s, the first choice). For asking a plug-in what it is like in general.
[[nodiscard]] Options example_options(std::vector<OptionSpec> const& specs);

}  // namespace interregnum
