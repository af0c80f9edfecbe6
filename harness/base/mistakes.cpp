// SPDX-License-Identifier: MIT
#include "harness/base/mistakes.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace interregnum {

std::string Mistake::text() const {
    std::string where = file;
    if (line > 0) where += fmt::format(":{}:{}", line, column);
    if (!path.empty()) where += ": " + path;
    return where + ": " + message;
}

std::string Mistakes::text() const {
    std::map<std::string_view, std::size_t> first_seen;  // files stay in the order they came in
    for (Mistake const& mistake : all) first_seen.try_emplace(mistake.file, first_seen.size());
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t index) {
        Mistake const& mistake = all[index];
        return std::tuple(mistake.line == 0, first_seen[mistake.file], mistake.line, mistake.column,
                          index);
    });
    std::string text;
    for (std::size_t const index : order) text += all[index].text() + "\n";
    return text;
}

void FileMistakes::add(Place place, std::string path, std::string message) {
    all_->all.push_back({.file = place.line > 0 ? file_ : "command line",
                         .line = place.line,
                         .column = place.column,
                         .path = std::move(path),
                         .message = std::move(message)});
}

void FileMistakes::add_whole(std::string message) {
    all_->all.push_back({.file = file_, .message = std::move(message)});
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::size_t keep = text.size();
    if (keep > longest) {
        keep = longest;
        // Not in the middle of a UTF-8 character.
        while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xC0U) == 0x80U) --keep;
    }
    std::string shown = "\"";
    for (char const letter : text.substr(0, keep)) {
        auto const byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\')
            shown += fmt::format("\\{}", letter);
        else if (letter == '\n')
            shown += "\\n";
        else if (byte < 0x20 || byte == 0x7F)
            shown += fmt::format("\\u{:04x}", byte);
        else
            shown += letter;
    }
    return shown + (keep < text.size() ? "...\"" : "\"");
}

std::string one_of_text(std::vector<std::string> const& names) {
    return fmt::format("one of \"{}\"", fmt::join(names, "\", \""));
}

}  // namespace interregnum
