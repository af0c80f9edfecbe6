// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

/// The function that libFuzzer calls; each file in this folder is one program that defines it.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace interregnum::fuzz {

inline std::string_view text_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

/// A promise that holds for every input: when it does not, that is a finding.
inline void expect(bool holds) {
    if (!holds) std::abort();
}

}  // namespace interregnum::fuzz
