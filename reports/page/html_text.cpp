// SPDX-License-Identifier: MIT
#include "reports/page/html_text.h"

#include <fmt/format.h>

#include "reports/page/parts.h"

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

std::string html_head(std::string_view title, std::string_view style) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>{}</title>\n<style>\n{}\n{}\n</style>\n</head>\n",
        html(title), style, page_css());
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
