// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

#include "harness/record/event.h"

/// What one attempt says about its path: the one rule that a running drill (`await stable`) and
/// every report share.
namespace interregnum::record {

/// No missing attempt for this long is "stable" (design). So does ITU-T G.826 end a path's
/// unavailable time: with ten consecutive seconds that are not severely errored.
inline constexpr Offset stable_span = std::chrono::seconds(10);

/// An honest no of a service that works: "sold_out". No purchase, and no outage either.
[[nodiscard]] bool said_no(Attempt const& attempt);

/// True for an attempt that the service answered as it should within the deadline (none when
/// zero): `ok`, or an honest no. A late answer is none. Any other attempt is *missing*.
[[nodiscard]] bool answered(Attempt const& attempt, Offset deadline);

}  // namespace interregnum::record
