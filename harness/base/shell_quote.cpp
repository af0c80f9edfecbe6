// SPDX-License-Identifier: MIT
#include "harness/base/shell_quote.h"

#include <cstdio>
#include <cstdlib>

namespace interregnum {

std::string shell_quote(std::string_view word) {
    if (has_nul(word)) {
        std::fputs("interregnum: bug: a NUL byte cannot be quoted for a shell\n", stderr);
        std::abort();
    }
    std::string quoted = "'";
    for (char const c : word) {
        if (c == '\'')
            quoted += R"('\'')";
        else
            quoted += c;
    }
    quoted += '\'';
    return quoted;
}

std::string shell_quote(std::span<std::string const> words) {
    std::string line;
    for (std::string const& word : words) {
        if (!line.empty()) line += ' ';
        line += shell_quote(word);
    }
    return line;
}

bool has_nul(std::string_view word) { return word.find('\0') != std::string_view::npos; }

}  // namespace interregnum
