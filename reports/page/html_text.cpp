// SPDX-License-Identifier: MIT
#include "reports/page/html_text.h"

namespace interregnum {

std::string html(std::string_view text) {
    std::string safe;
    for (char const c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string html_table(std::string_view caption, std::vector<std::string> const& heads,
                       std::vector<std::vector<std::string>> const& rows) {
    if (rows.empty()) return {};
    std::string text = "<div class=\"scroll\"><table><caption>" + html(caption) + "</caption>";
    if (!heads.empty()) {
        text += "<thead><tr>";
        for (std::string const& head : heads) text += "<th scope=\"col\">" + html(head) + "</th>";
        text += "</tr></thead>";
    }
    text += "<tbody>\n";
    for (auto const& row : rows) {
        text += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>" : "<td>" + row[i] + "</td>";
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

}  // namespace interregnum
