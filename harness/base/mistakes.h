// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace interregnum {

/// One thing wrong in a file that a person wrote.
struct Mistake {
    std::string file;
    int line{};           ///< from 1; 0 when it is not of a place (a command-line override)
    int column{};         ///< from 1, in bytes
    std::string path;     ///< JSON path: "steps[0].target"
    std::string message;  ///< what was expected, what came, the nearest valid name

    /// "kill.json:3:18: steps[0].targte: unknown key (did you mean "target"?)"
    [[nodiscard]] std::string text() const;
};

/// All of them, so that a user mends a file in one go.
struct Mistakes {
    std::vector<Mistake> all;
    [[nodiscard]] bool empty() const { return all.empty(); }
    /// One a line, in file order.
    [[nodiscard]] std::string text() const;
};

}  // namespace interregnum
