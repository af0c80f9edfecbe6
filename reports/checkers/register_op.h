// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/checkers/history.h"

namespace interregnum::checkers {

/// What one operation says about one register. Operations that did not happen and reads whose
/// answer nobody knows are none.
struct RegisterOp {
    enum class Kind : std::uint8_t {
        read,     ///< the value was `value`
        write,    ///< it became `value`
        cas,      ///< it was `value` and became `other`
        refused,  ///< of a cas: it was something else than `value`
        append,   ///< `value` was put behind the text that it was
    };
    Value value;
    Value other;
    std::uint32_t invoked{};
    std::uint32_t completed{
        never};          ///< `never`: may have happened at any time since, or not at all
    std::uint32_t id{};  ///< of the operation, for the proof
    Kind kind{Kind::read};
};

/// Whether the operation leaves something else behind; the others only look.
constexpr bool changes(RegisterOp::Kind kind) {
    using enum RegisterOp::Kind;
    return kind == write || kind == cas || kind == append;
}

/// What is wrong, with the operations that prove it.
struct Found {
    std::string kind;
    std::string sentence;
    std::vector<std::uint32_t> proof;  ///< `id`s
};

}  // namespace interregnum::checkers
