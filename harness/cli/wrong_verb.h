// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace interregnum {

/// What to say when parsing ended because a verb is missing or no verb has that name: all names,
/// and the nearest one. "" when the command line is wrong in some other way.
[[nodiscard]] std::string wrong_verb(CLI::App const& app);

}  // namespace interregnum
