// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace interregnum {

/// Reads SSH's data types (RFC 4251 section 5) from bytes that may be hostile: nothing is read
/// past the end, and after one failure everything fails. The bytes must outlive it.
class WireReader {
public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::optional<std::uint8_t> byte();
    [[nodiscard]] std::optional<std::uint32_t> number();  ///< big-endian, 4 bytes
    [[nodiscard]] std::optional<std::string> string();    ///< length, then bytes

private:
    std::string_view rest_;
    bool bad_{};
};

void wire_number(std::string& to, std::uint32_t number);
void wire_string(std::string& to, std::string_view bytes);

}  // namespace interregnum
