// SPDX-License-Identifier: MIT
#pragma once

#include <istream>
#include <string>

#include "harness/base/result.h"
#include "harness/cluster/inventory.h"

namespace interregnum {

/// Before anything is broken on a cluster whose inventory says `"environment": "production"`: its
/// name must have been given (`--confirm NAME`), or be typed now. `typed` is where it is typed, or
/// nullptr where nobody sits there (no terminal). Other clusters are never asked about. An error
/// says what to do; nothing was touched then.
[[nodiscard]] Status confirm_production(Inventory const& inventory, std::string const& confirmed,
                                        std::istream* typed);

/// The program's own standard input for that, or nullptr when it is no terminal.
[[nodiscard]] std::istream* terminal_input();

}  // namespace interregnum
