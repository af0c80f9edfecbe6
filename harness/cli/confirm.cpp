// SPDX-License-Identifier: MIT
#include "harness/cli/confirm.h"

#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/mistakes.h"

namespace interregnum {

Status confirm_production(Inventory const& inventory, std::string const& confirmed,
                          std::istream* typed) {
    if (inventory.environment != "production") return {};
    std::string answer = confirmed;
    if (answer.empty() && typed != nullptr) {
        fmt::print(stderr,
                   "cluster {} is production, and customers will feel this. Type its name to go "
                   "on: ",
                   inventory.cluster);
        std::getline(*typed, answer);
    }
    if (answer == inventory.cluster) return {};
    if (answer.empty() && typed == nullptr)
        return fail(Error::Kind::refused,
                    fmt::format("cluster {} is production: name it with --confirm {}, or start "
                                "this from a terminal",
                                inventory.cluster, inventory.cluster));
    return fail(Error::Kind::refused,
                fmt::format("{} is not the name of this cluster, which is production: nothing was "
                            "touched",
                            in_quotes(answer)));
}

std::istream* terminal_input() { return ::isatty(STDIN_FILENO) == 1 ? &std::cin : nullptr; }

}  // namespace interregnum
