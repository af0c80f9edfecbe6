// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "reports/measures/failover.h"
#include "reports/measures/phases.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum::test {

/// The phase of that name; a failure of the test where there is none.
[[nodiscard]] MeasureValue phase(std::vector<Phase> const& phases, std::string_view name);

/// All phases but "redundant" add up to the write downtime within the error bars.
void expect_sum_is_the_downtime(record::Record const& record);

[[nodiscard]] double seconds(std::int64_t ns);
/// The best of that milestone, in seconds; a failure of the test where it is not known.
[[nodiscard]] double at(Failover const& failover, std::string_view name);

/// The killed leader with every observer there is.
[[nodiscard]] RecordBuilder watched(std::uint64_t seed = 7);

}  // namespace interregnum::test
