// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace interregnum {

/// One script of several constant parts, functions first.
[[nodiscard]] inline std::string shell_text(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (std::string_view const part : parts) text += part;
    return text;
}

/// Keeps a text as long as the program lives, for the views of a `FaultKind`. For registration
/// only: that happens in one thread.
[[nodiscard]] inline std::string_view kept(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

}  // namespace interregnum
