// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// What `interregnum list` can show: "faults", "probes", ...
[[nodiscard]] std::vector<std::string> const& list_names();

/// The text of one of these, from the registries; "" for another name.
[[nodiscard]] std::string list_text(std::string_view what);

/// The scenarios that ship, each with its title and its tags; with a tag, those that have it. An
/// error when none has.
[[nodiscard]] Result<std::string> scenarios_text(std::string const& tag);

/// What a drill must be allowed to do in PostgreSQL, Redis and Sentinel, as commands to run.
[[nodiscard]] std::string grants_text();

}  // namespace interregnum
