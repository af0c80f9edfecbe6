// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace interregnum {

/// One word of POSIX shell text that a shell reads back as exactly these bytes, whatever they
/// are: "it's" becomes 'it'\''s', the empty word ''. Always quoted, so that no word can be taken
/// for a keyword, an alias or an assignment. A NUL byte cannot be in a word of any shell: giving
/// one is a bug of the caller and ends the program (check with `has_nul` what came from outside).
[[nodiscard]] std::string shell_quote(std::string_view word);

/// All words, quoted, with a space between two.
[[nodiscard]] std::string shell_quote(std::span<std::string const> words);

[[nodiscard]] bool has_nul(std::string_view word);

}  // namespace interregnum
