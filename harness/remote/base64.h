// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace interregnum {

/// RFC 4648 base64, with padding, without line breaks.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

/// The bytes, or nullopt where the text is not base64. White space is skipped.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace interregnum
