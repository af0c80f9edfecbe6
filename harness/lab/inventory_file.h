// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace interregnum {

/// The lab's inventory: the same format that any other cluster's has. Pure.
[[nodiscard]] std::string lab_inventory_text();

}  // namespace interregnum
