// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// Text for HTML content and quoted attributes. Whatever a record holds, it stays text.
[[nodiscard]] std::string html(std::string_view text);

/// The page up to its body, with our style sheet after `style` of somebody else's. Nothing is ever
/// loaded by it, whatever a string on it may try.
[[nodiscard]] std::string html_head(std::string_view title, std::string_view style = {});

/// A table: a caption, heads and rows of cells that are HTML already.
[[nodiscard]] std::string html_table(std::string_view caption,
                                     std::vector<std::string> const& heads,
                                     std::vector<std::vector<std::string>> const& rows);

}  // namespace interregnum
