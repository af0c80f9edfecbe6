// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "harness/remote/fleet.h"

namespace interregnum {

/// What one node is and can do.
struct NodeCapabilities {
    std::string node;
    /// Why the node could not be asked; "" when it could. Then the rest is empty.
    std::string problem;
    /// For each of `all_needs()`, whether the node can.
    std::map<std::string, bool, std::less<>> can;
    /// Names and values for people: "kernel", "systemd", "distribution"... Printable.
    std::map<std::string, std::string, std::less<>> facts;

    /// False also for what the node did not answer.
    [[nodiscard]] bool has(std::string_view need) const;
};

/// The script that tells all of it, made from `all_needs()`: as root, for `sh -s`. It leaves
/// nothing behind, and a probe that hangs is given up.
[[nodiscard]] std::string const& capabilities_script();

/// What the script printed. Pure.
[[nodiscard]] NodeCapabilities parse_capabilities(std::string node, std::string_view text);

/// Asks the nodes side by side, each once.
[[nodiscard]] std::vector<NodeCapabilities> ask_capabilities(Fleet& fleet,
                                                             std::vector<std::string> const& nodes,
                                                             std::stop_token stop);

/// Nodes by needs: "yes" or "no", and below it the facts of each node.
[[nodiscard]] std::string capabilities_text(std::vector<NodeCapabilities> const& nodes);

}  // namespace interregnum
