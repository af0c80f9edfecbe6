// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace interregnum {

/// The rows of one answer, as text.
struct SqlRows {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::string tag;  ///< "INSERT 0 1", "COMMIT"...

    /// A value as text; "" when there is no such row or column, or it is null.
    [[nodiscard]] std::string text(std::size_t row, std::size_t column) const;
    /// A value as a number; 0 when it is none.
    [[nodiscard]] std::int64_t number(std::size_t row, std::size_t column) const;
    /// A value as a truth value; false when it is none.
    [[nodiscard]] bool flag(std::size_t row, std::size_t column) const;
};

}  // namespace interregnum
