// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace interregnum {

/// Removes everything of a lab, by name and whatever state it is in, and looks again afterwards.
/// Returns what is still there, one sentence each. The caller holds the lab's lock.
[[nodiscard]] std::vector<std::string> remove_lab();

}  // namespace interregnum
