// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// One attempt as a line of proof: "o-77 ok 12.345 s .. 12.351 s via app1:5000 on db1, before the
/// fault".
[[nodiscard]] std::string describe(record::Record const& record, record::Attempt const& attempt);

/// The first and the last few attempts as lines of proof, with the count of those between.
[[nodiscard]] std::vector<std::string> describe_some(record::Record const& record,
                                                     std::vector<record::Attempt> const& attempts);

/// "12.345 s" into the run.
[[nodiscard]] std::string show_instant(record::Offset at);

/// "1 order" / "3 orders".
[[nodiscard]] std::string plural(std::int64_t count, std::string one);

}  // namespace interregnum
