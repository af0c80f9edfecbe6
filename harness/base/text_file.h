// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "harness/base/result.h"

namespace interregnum {

/// Reads a whole regular file of at most `limit` bytes. Errors name the file: `not_found` when
/// it does not exist, `invalid` when it is no regular file or too large, else `failed`.
[[nodiscard]] Result<std::string> read_text_file(std::string const& path, std::size_t limit);

}  // namespace interregnum
