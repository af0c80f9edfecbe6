// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/mistakes.h"

namespace interregnum {

/// What a verb takes after `--set`.
struct SetForm {
    std::string_view expected;  ///< for mistakes: "OPTION=VALUE of the fault, for example a=b"
    /// What of the scenario the keys are of: "steps[0]."; "": of all of it.
    std::string_view below{};
};

/// The values of `--set` as `parse_scenario` takes them. One without "=", or without a key before
/// it, is a mistake.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> set_pairs(
    std::vector<std::string> const& sets, SetForm const& form, Mistakes& mistakes);

}  // namespace interregnum
