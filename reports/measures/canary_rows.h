// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/record/event.h"
#include "reports/measures/split_brain.h"

namespace interregnum {

/// What became of the test writes that the two nodes of a split brain acknowledged while they were
/// open, as sentences for a proof: which numbers each acknowledged, and which of them are not
/// among the leader's rows in the end (the side that lost had taken those for nothing). Empty
/// where customers showed the split brain, or the record has no canary rows of these nodes.
[[nodiscard]] std::vector<std::string> canary_losses(record::Record const& record,
                                                     SplitBrain const& brain);

}  // namespace interregnum
