// SPDX-License-Identifier: MIT
#include "reports/statistics/table.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum {

std::string text_table(std::vector<std::string> const& heads, TableRows const& rows,
                       std::string_view indent) {
    if (rows.empty()) return {};
    std::vector<std::size_t> widths(heads.size());
    auto const measure = [&](std::vector<std::string> const& row) {
        for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    };
    measure(heads);
    for (auto const& row : rows) measure(row);
    std::string text;
    auto const add = [&](std::vector<std::string> const& row) {
        std::string line(indent);
        for (std::size_t i = 0; i < std::min(row.size(), widths.size()); ++i)
            line += fmt::format("{:<{}}  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    };
    add(heads);
    for (auto const& row : rows) add(row);
    return text;
}

std::string markdown_table(std::vector<std::string> const& heads, TableRows const& rows) {
    if (rows.empty()) return {};
    std::string text;
    auto const add = [&](std::vector<std::string> const& row) {
        text += '|';
        for (std::size_t i = 0; i < heads.size(); ++i)
            text += fmt::format(" {} |", i < row.size() ? markdown_cell(row[i]) : "");
        text += '\n';
    };
    add(heads);
    text += '|';
    for (std::size_t i = 0; i < heads.size(); ++i) text += "---|";
    text += '\n';
    for (auto const& row : rows) add(row);
    return text;
}

std::string markdown_cell(std::string_view text) {
    std::string safe;
    for (char const letter : text) {
        if (static_cast<unsigned char>(letter) < 0x20)
            safe += ' ';
        else if (std::string_view(R"(|\`*_[]#)").contains(letter))
            (safe += '\\') += letter;
        else if (letter == '<')
            safe += "&lt;";
        else if (letter == '&')
            safe += "&amp;";
        else
            safe += letter;
    }
    return safe;
}

}  // namespace interregnum
