// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace interregnum::checkers {

/// A value of a history in 8 bytes: nil, a whole number, or the number of a text or of a list in
/// the history's tables. Equal values are equal bits (texts are kept once; lists are not compared).
class Value {
public:
    enum class Kind : std::uint8_t { nil, integer, text, list, map };

    constexpr Value() = default;
    /// Whole numbers beyond these are texts.
    static constexpr std::int64_t largest = (std::int64_t{1} << 60) - 1;
    [[nodiscard]] static constexpr Value integer(std::int64_t number) {
        return Value((static_cast<std::uint64_t>(number) << 3U) | 1U);
    }
    [[nodiscard]] static constexpr Value text(std::uint64_t index) {
        return Value((index << 3U) | 2U);
    }
    [[nodiscard]] static constexpr Value list(std::uint64_t index) {
        return Value((index << 3U) | 3U);
    }
    /// A list in which keys and values take turns.
    [[nodiscard]] static constexpr Value map(std::uint64_t index) {
        return Value((index << 3U) | 4U);
    }

    [[nodiscard]] constexpr Kind kind() const { return static_cast<Kind>(bits_ & 7U); }
    [[nodiscard]] constexpr bool is_nil() const { return bits_ == 0; }
    /// Of a whole number.
    [[nodiscard]] constexpr std::int64_t number() const {
        return static_cast<std::int64_t>(bits_) >> 3;
    }
    /// Of a text, list or map.
    [[nodiscard]] constexpr std::uint64_t index() const { return bits_ >> 3U; }
    [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
    friend constexpr bool operator==(Value, Value) = default;

private:
    explicit constexpr Value(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t bits_{};
};

/// Spreads what differs in few bits (the finaliser of SplitMix64).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t bits) {
    bits ^= bits >> 30U;
    bits *= 0xbf58476d1ce4e5b9U;
    bits ^= bits >> 27U;
    bits *= 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
}

}  // namespace interregnum::checkers

template <>
struct std::hash<interregnum::checkers::Value> {
    std::size_t operator()(interregnum::checkers::Value value) const {
        return interregnum::checkers::mix(value.bits());
    }
};
