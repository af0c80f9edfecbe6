// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/registry.h"
#include "harness/record/event.h"

namespace interregnum {

enum class Unit { duration, count, bytes };

/// `at_most` of a value that has no upper bound: the path was still down when the run ended.
inline constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

/// A number from a record with its error: the true value lies in [at_least, at_most].
/// Nanoseconds, a count or bytes, by the measure's unit; counts have both bounds equal.
struct MeasureValue {
    bool known{};  ///< false: the record cannot say (no attempts, no final read...)
    std::int64_t at_least{};
    std::int64_t at_most{};
    std::int64_t best{};  ///< what is shown as *the* number; between the two
    std::string why_unknown{};
};

/// A named number that scenarios can set limits on. One file may register several closely
/// related ones (write.downtime, read.downtime: the same arithmetic on another path).
struct MeasureKind {
    std::string_view name;     ///< "write.downtime"
    std::string_view summary;  ///< one line, says what exactly is counted
    Unit unit{Unit::count};
    MeasureValue (*compute)(record::Record const&){nullptr};
};
using RegisterMeasure = Register<MeasureKind>;

}  // namespace interregnum
