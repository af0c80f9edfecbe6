// SPDX-License-Identifier: MIT
#include "harness/record/json_text.h"

#include <array>
#include <cstddef>

namespace interregnum::record {
namespace {

constexpr std::string_view replacement{"\xEF\xBF\xBD"};

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

// Length of the valid UTF-8 sequence at `i`, or 0 (RFC 3629, table in section 4).
std::size_t sequence_length(std::string_view text, std::size_t i) {
    unsigned char const lead = byte_at(text, i);
    std::size_t length = 0;
    unsigned char low = 0x80;  // bounds of the second byte
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;  // no surrogates
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    }
    if (length == 0 || i + length > text.size()) return 0;
    if (byte_at(text, i + 1) < low || byte_at(text, i + 1) > high) return 0;
    for (std::size_t k = 2; k < length; ++k)
        if ((byte_at(text, i + k) & 0xC0U) != 0x80U) return 0;
    return length;
}

void append_escape(std::string& out, unsigned char byte) {
    static constexpr std::string_view digits{"0123456789abcdef"};
    out += "\\u00";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

void append_ascii(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    auto const byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '<')
        append_escape(out, byte);
    else
        out += c;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t i = 0;
    while (i < text.size()) {
        if (byte_at(text, i) < 0x80) {
            append_ascii(out, text[i]);
            ++i;
            continue;
        }
        std::size_t const length = sequence_length(text, i);
        if (length == 0) {
            out += replacement;
            ++i;
            continue;
        }
        std::string_view const sequence = text.substr(i, length);
        // Line ends in old JavaScript, though not in JSON.
        if (sequence == "\xE2\x80\xA8")
            out += "\\u2028";
        else if (sequence == "\xE2\x80\xA9")
            out += "\\u2029";
        else
            out += sequence;
        i += length;
    }
    out += '"';
}

}  // namespace interregnum::record
