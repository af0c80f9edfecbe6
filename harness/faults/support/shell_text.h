// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace interregnum {

/// One script of several constant parts, functions first.
[[nodiscard]] inline std::string shell_text(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (std::string_view const part : parts) text += part;
    return text;
}

}  // namespace interregnum
