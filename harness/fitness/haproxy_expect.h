// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace interregnum {

/// What stands behind one `http-check expect`: {"status", "200-299"}, {"!", "rstatus", "^5"}.
using HttpExpectation = std::vector<std::string>;

/// Whether a health check with these rules takes an answer of that status for a yes. All must hold;
/// without any, each 2xx and 3xx is one. Nothing where the answer's text or headers decide.
[[nodiscard]] std::optional<bool> passes_check(std::vector<HttpExpectation> const& rules,
                                               int status);

}  // namespace interregnum
