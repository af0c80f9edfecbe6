// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

/// What an order is called: five characters out of 27 that are not mistaken for one another, as
/// pretix has it. 14 million of them: a code that is drawn is taken once in a while, so it is
/// checked, and drawn again.
namespace interregnum::shop {

inline constexpr std::string_view code_letters = "ABCDEFGHJKLMNPQRSTUVWXYZ379";
inline constexpr std::size_t code_length = 5;

/// Draws codes. Seeded: the same run tries the same ones. For one thread.
class CodeBook {
public:
    /// `who` tells clients of a run apart.
    CodeBook(std::uint64_t seed, std::uint64_t who);
    [[nodiscard]] std::string draw();
    /// A number from 1 to `limit`, for a seat.
    [[nodiscard]] std::int64_t pick(std::int64_t limit);

private:
    std::mt19937_64 random_;
};

}  // namespace interregnum::shop
