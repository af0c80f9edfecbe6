// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace interregnum::record {

/// The longest line of a record, in bytes. Writers of long lists (FinalRows) split them well
/// below; a longer line is not read.
inline constexpr std::size_t line_limit = std::size_t{4} << 20U;

/// The largest record that is read into memory, in bytes: some 20 million attempts.
inline constexpr std::size_t record_limit = std::size_t{4} << 30U;

}  // namespace interregnum::record
