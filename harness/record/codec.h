// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/record/event.h"

namespace interregnum::record {

/// One event as one line of JSON, without the newline. Its first key is "t", the event's type
/// ("run", "stream", "attempt", "step", "fault"...); members follow under their own names, times
/// with `_ns`; empty and default members of attempts are left out, for they are many.
[[nodiscard]] std::string to_line(Event const& event);

/// The event in a line. Unknown keys are ignored (a newer minor writer), missing ones get their
/// defaults, a wrong type or an unknown "t" is an error.
[[nodiscard]] Result<Event> from_line(std::string_view line);

}  // namespace interregnum::record
