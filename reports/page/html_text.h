// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// Text for HTML content and quoted attributes. Whatever a record holds, it stays text.
[[nodiscard]] std::string html(std::string_view text);

/// A table: a caption, heads and rows of cells that are HTML already.
[[nodiscard]] std::string html_table(std::string_view caption,
                                     std::vector<std::string> const& heads,
                                     std::vector<std::vector<std::string>> const& rows);

}  // namespace interregnum
