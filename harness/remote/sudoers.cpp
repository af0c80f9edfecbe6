// SPDX-License-Identifier: MIT
#include "harness/remote/sudoers.h"

#include <fmt/format.h>

namespace interregnum {
namespace {

/// "%admins", "ALL" and "#1000" are more than a user's name to sudo; behind a backslash a letter
/// is a letter. A line break cannot be escaped: it is left out, and no user is named so.
std::string escaped(std::string_view user) {
    std::string text;
    for (char const letter : user) {
        if (static_cast<unsigned char>(letter) < 0x20) continue;
        bool const plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                           letter == '_' || letter == '-' || letter == '.';
        bool const capital = letter >= 'A' && letter <= 'Z' && !text.empty();
        if (!plain && !capital) text += '\\';
        text += letter;
    }
    return text;
}

}  // namespace

std::string sudoers_text(std::string_view user) {
    return fmt::format(
        "# /etc/sudoers.d/interregnum, owned by root, mode 0440 (check it: visudo -cf FILE)\n"
        "# The drill keeps one shell open as root, so this login is root on this node. Give it to\n"
        "# a login of its own, by key only, and remove it when no more drills are to run.\n"
        "{0} ALL=(root) NOPASSWD: /bin/sh \"\", /usr/bin/sh \"\"\n"
        "Defaults:{0} !requiretty\n",
        escaped(user));
}

}  // namespace interregnum
