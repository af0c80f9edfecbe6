// SPDX-License-Identifier: MIT
#include "harness/engine/heal_lines.h"

#include <map>

#include <fmt/format.h>

#include "harness/base/process.h"
#include "harness/base/shell_quote.h"

namespace interregnum {

namespace {

/// A line of a comment: nothing in it can become a line of its own.
std::string one_line(std::string text) {
    for (char& letter : text)
        if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
    return text;
}

}  // namespace

std::string heal_lines(std::vector<std::pair<std::string, std::vector<Promise>>> const& run_folders,
                       std::string_view sweep) {
    std::string text;
    std::map<std::string, std::string> by_node;
    for (auto const& [folder, promises] : run_folders) {
        for (Promise const& promise : promises) {
            text += fmt::format("# in force: {} ({}), of {}\n", one_line(promise.kind),
                                one_line(promise.summary), one_line(folder));
            for (FaultCommand const& command : promise.undo)
                by_node[command.node] += shell_quote(command.argv) + "\n";
        }
    }
    for (auto const& [node, commands] : by_node) {
        if (node.empty()) {
            text += "\n# On this machine:\n" + commands;
            continue;
        }
        text += fmt::format(
            "\n# On {}, as root. What it holds itself does it all:\nsh "
            "/run/interregnum/heal\n",
            one_line(node));
    }
    text += "\n# On any node, as root, knowing nothing but our names (fine on a clean node):\n";
    return text + fmt::format("sh -s <<'END_OF_HEAL'\n{}\nEND_OF_HEAL\n", sweep);
}

}  // namespace interregnum
