// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The shop's locks: advisory locks of PostgreSQL to the end of a transaction. They live in the
/// memory of one primary only, so a split brain voids them; that is what a drill is to find out.
namespace interregnum::shop {

/// What is locked. Four letters each: far from the small numbers that an owner's program on the
/// same database might use, and below 2^33.
enum class LockClass : std::int64_t {
    quota = 0x71756F74,
    voucher = 0x766F7563,
    seat = 0x73656174,
};

/// The lock of a row: its number in the upper bits, what it is in the lower 33.
[[nodiscard]] constexpr std::int64_t lock_key(LockClass what, std::int64_t id) {
    constexpr int class_bits = 33;
    return (id << class_bits) | static_cast<std::int64_t>(what);
}

/// $1 a list of keys, as `lock_list` makes it: takes them in its order. A statement of its own, so
/// that a count that follows sees what the locks' holder before committed.
inline constexpr std::string_view take_locks =
    "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k";

/// The parameter of `take_locks`: sorted, so that no two customers wait for each other, and each
/// key once.
[[nodiscard]] std::string lock_list(std::vector<std::int64_t> keys);

}  // namespace interregnum::shop
