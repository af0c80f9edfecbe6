// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// What `interregnum list` can show: "faults", "probes", ...
[[nodiscard]] std::vector<std::string> const& list_names();

/// The text of one of these, from the registries; "" for another name.
[[nodiscard]] std::string list_text(std::string_view what);

/// What a drill must be allowed to do in PostgreSQL, Redis and Sentinel, as commands to run.
[[nodiscard]] std::string grants_text();

}  // namespace interregnum
