// SPDX-License-Identifier: MIT
// The project's own sources, read once, for tests of how they are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

struct Source {
    std::string path;  ///< from the root: "harness/fault.h"
    std::vector<std::string> lines;
    [[nodiscard]] bool in(std::string_view folder) const { return path.starts_with(folder); }
    [[nodiscard]] bool header() const { return path.ends_with(".h"); }
};

/// Every .cpp and .h under harness, probes, reports and tests.
std::vector<Source> const& sources();

}  // namespace interregnum
