// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/record/event.h"

namespace interregnum {

/// Whether a run whose record is this file, as far as it is written, is a fail by what it says so
/// far (all has been undone and read back, but the run, `at` old, has not ended): asked before the
/// shop is dropped. Also true where the record cannot be read: then the shop is all that tells.
[[nodiscard]] bool fails_so_far(std::string const& record_file, record::Offset at);

}  // namespace interregnum
