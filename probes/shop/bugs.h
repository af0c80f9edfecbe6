// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "harness/base/option.h"

/// Mistakes that shops really make, in the customers that would be hurt by them, so that it can be
/// shown that the checks find what comes of each. `interregnum lab up --defect` switches them on.
namespace interregnum::shop {

/// The customer's option for its bugs. Without a line of its own it is neither listed nor in the
/// schema.
[[nodiscard]] inline OptionSpec bug_option(std::vector<std::string_view> names) {
    return {.name = "bug", .type = OptionType::text, .choices = std::move(names)};
}

[[nodiscard]] inline bool has_bug(Options const& options, std::string_view name) {
    return options.has("bug") && options.text("bug") == name;
}

}  // namespace interregnum::shop
