// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

using TableRows = std::vector<std::vector<std::string>>;

/// Columns as wide as their widest cell, each line after `indent`; rows may be short. "" without
/// rows.
[[nodiscard]] std::string text_table(std::vector<std::string> const& heads, TableRows const& rows,
                                     std::string_view indent);

/// The same in Markdown.
[[nodiscard]] std::string markdown_table(std::vector<std::string> const& heads,
                                         TableRows const& rows);

/// Text for a line or a cell of Markdown: no cell, line or HTML of its own.
[[nodiscard]] std::string markdown_cell(std::string_view text);

}  // namespace interregnum
