// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/measure.h"

namespace interregnum {

/// The failovers of PostgreSQL and Redis as a picture (inline SVG: a bar from each instant to the
/// next, with its error) and as a table of instants with their sources. "" without a fault.
[[nodiscard]] std::string waterfall(Study const& study);

}  // namespace interregnum
