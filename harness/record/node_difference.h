// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/record/event.h"

namespace interregnum::record {

/// The fact `clock` of a node: how far its clock is from the controller's, and how well that is
/// known (half of the time that the question took): "-12 ms, uncertain by 3 ms".
inline constexpr std::string_view clock_fact = "clock";
[[nodiscard]] std::string clock_text(Duration offset, Duration uncertain);

/// What of a node is other than it was, one sentence each: `nft: was "none", is "table inet x"`.
///
/// Facts are compared as texts, but for two. A clock has moved when its two offsets are further
/// apart than their uncertainties and 1.1 s together: after a boot a machine has the time of its
/// RTC, which knows whole seconds only. (A step of ours is also found by its name, however small.)
/// And where a PostgreSQL that answered does not, nothing is said of each of its settings.
[[nodiscard]] std::vector<std::string> node_differences(NodeState const& before,
                                                        NodeState const& after);

}  // namespace interregnum::record
