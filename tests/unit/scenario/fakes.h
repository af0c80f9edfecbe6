// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/scenario/scenario.h"

/// Plug-ins that only these tests have ("test."), so that what is read does not change with what
/// ships: see fakes.cpp for their options.
namespace interregnum::test {

struct ReadScenario {
    Scenario scenario;
    std::string mistakes;
};

/// Reads a scenario as the file "drills/s.json".
ReadScenario read(std::string_view text,
                  std::vector<std::pair<std::string, std::string>> const& overrides = {},
                  std::vector<std::string> const& expects = {},
                  std::vector<std::string> const* node_names = nullptr);

/// A good scenario with these lines in it, the first of which is line 2.
std::string with(std::string_view lines);
/// A good scenario with this as its only step, in line 2 at column 1.
std::string with_step(std::string_view step);

}  // namespace interregnum::test
