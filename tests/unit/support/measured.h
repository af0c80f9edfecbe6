// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <gtest/gtest.h>

#include "harness/measure.h"

namespace interregnum::test {

/// What a registered measure says of a record.
inline MeasureValue measure(record::Record const& record, std::string_view name) {
    MeasureKind const* const kind = Registry<MeasureKind>::find(name);
    EXPECT_NE(kind, nullptr) << name;
    return kind == nullptr ? MeasureValue{} : kind->compute(record);
}

/// The same for one that is known without an error.
inline std::int64_t count(record::Record const& record, std::string_view name) {
    MeasureValue const value = measure(record, name);
    EXPECT_TRUE(value.known) << name << ": " << value.why_unknown;
    EXPECT_EQ(value.at_least, value.at_most) << name;
    return value.best;
}

/// True when the value is known and its bounds are in order and hold `truth`.
inline ::testing::AssertionResult holds(MeasureValue const& value, record::Offset truth) {
    if (!value.known) return ::testing::AssertionFailure() << "not known: " << value.why_unknown;
    if (value.at_least <= value.best && value.best <= value.at_most &&
        value.at_least <= truth.count() && truth.count() <= value.at_most)
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << truth.count() << " or " << value.best << " not in ["
                                         << value.at_least << ", " << value.at_most << "]";
}

}  // namespace interregnum::test
