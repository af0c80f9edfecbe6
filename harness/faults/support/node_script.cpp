// SPDX-License-Identifier: MIT
#include "harness/faults/support/node_script.h"

#include <fmt/format.h>

namespace interregnum {

FaultCommand node_script(std::string node, std::string_view script,
                         std::vector<std::string> arguments, Duration timeout) {
    FaultCommand command{.node = std::move(node),
                         .argv = {"sh", "-c", std::string(script), "interregnum"},
                         .timeout = timeout};
    for (std::string& argument : arguments) command.argv.push_back(std::move(argument));
    return command;
}

std::string in_seconds(Duration span) {
    auto const millis = std::chrono::ceil<std::chrono::milliseconds>(span).count();
    return fmt::format("{}.{:03}", millis / 1000, millis % 1000);
}

}  // namespace interregnum
