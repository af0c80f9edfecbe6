// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/mistakes.h"

namespace interregnum {

/// Turns byte offsets of a text into lines and columns.
class LineIndex {
public:
    explicit LineIndex(std::string_view text);
    [[nodiscard]] Place place(std::size_t offset) const;

private:
    std::vector<std::size_t> starts_;  ///< offset of each line's first byte
};

/// JSON without what people add to it, and of the same length, so that offsets stay true.
struct PlainJson {
    std::string text;  ///< comments and trailing commas are spaces
    /// Where a `/*` begins that nothing ends.
    std::optional<std::size_t> open_comment;
};

/// Blanks comments (`//` to the end of the line, `/* */`) and commas after a last element.
/// What is in strings stays.
[[nodiscard]] PlainJson blank_extras(std::string_view text);

}  // namespace interregnum
