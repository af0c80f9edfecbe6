// SPDX-License-Identifier: MIT
#include "harness/remote/wire.h"

namespace interregnum {

std::optional<std::uint8_t> WireReader::byte() {
    if (bad_ || rest_.empty()) {
        bad_ = true;
        return std::nullopt;
    }
    auto const value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
}

std::optional<std::uint32_t> WireReader::number() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        auto const next = byte();
        if (!next) return std::nullopt;
        value = (value << 8U) | *next;
    }
    return value;
}

std::optional<std::string> WireReader::string() {
    auto const size = number();
    if (!size || *size > rest_.size()) {
        bad_ = true;
        return std::nullopt;
    }
    std::string value(rest_.substr(0, *size));
    rest_.remove_prefix(*size);
    return value;
}

void wire_number(std::string& to, std::uint32_t number) {
    for (unsigned const shift : {24U, 16U, 8U, 0U})
        to += static_cast<char>((number >> shift) & 255U);
}

void wire_string(std::string& to, std::string_view bytes) {
    wire_number(to, static_cast<std::uint32_t>(bytes.size()));
    to += bytes;
}

}  // namespace interregnum
