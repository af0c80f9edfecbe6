// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace interregnum {

/// The candidate a user most likely meant (Damerau-Levenshtein distance of at most a third of
/// its length, at least 1), or "" when none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<std::string const> candidates);

/// ` (did you mean "x"?)`, or "" when no candidate is near. For the end of a message.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<std::string const> candidates);

}  // namespace interregnum
