// SPDX-License-Identifier: MIT
#include "harness/cli/set_flags.h"

#include <cstddef>

#include <fmt/format.h>

namespace interregnum {

std::vector<std::pair<std::string, std::string>> set_pairs(std::vector<std::string> const& sets,
                                                           SetForm const& form,
                                                           Mistakes& mistakes) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::string const& set : sets) {
        std::size_t const equals = set.find('=');
        if (equals == std::string::npos || equals == 0)
            mistakes.all.push_back({.file = "--set",
                                    .path = set,
                                    .message = fmt::format("expected {}", form.expected)});
        else
            pairs.emplace_back(std::string(form.below) + set.substr(0, equals),
                               set.substr(equals + 1));
    }
    return pairs;
}

}  // namespace interregnum
