// SPDX-License-Identifier: MIT
#include "harness/remote/base64.h"

#include <cstddef>
#include <cstdint>

namespace interregnum {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::string_view const group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits <<= 8U;
            if (j < group.size()) bits |= static_cast<unsigned char>(group[j]);
        }
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= group.size() ? digits[(bits >> (18U - 6U * j)) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    std::size_t count = 0;
    std::size_t padding = 0;
    for (char const c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        std::size_t const digit = digits.find(c);
        if (digit == std::string_view::npos || padding > 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        if (++count % 4 != 0) continue;
        for (unsigned const shift : {16U, 8U, 0U})
            bytes += static_cast<char>((bits >> shift) & 255U);
        bits = 0;
    }
    std::size_t const rest = count % 4;
    if (rest == 1 || padding > 2 || (padding > 0 && rest + padding != 4)) return std::nullopt;
    if (rest == 2) bytes += static_cast<char>((bits >> 4U) & 255U);
    if (rest == 3) {
        bytes += static_cast<char>((bits >> 10U) & 255U);
        bytes += static_cast<char>((bits >> 2U) & 255U);
    }
    return bytes;
}

}  // namespace interregnum
