// SPDX-License-Identifier: MIT
#pragma once

#include "harness/base/result.h"
#include "harness/lab/layout.h"

namespace interregnum {

/// Boots a node that is off, whatever took it down, from its disk and with a new line to the
/// switch; fine when it is on. The caller holds the lab's lock.
[[nodiscard]] Status boot_from_disk(LabNode const& node);

}  // namespace interregnum
