// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace interregnum {

/// What a node needs in a file of /etc/sudoers.d for `sudo -n sh` by this login, with comments
/// that say where it goes and what it means. The name is escaped: it cannot be anything else to
/// sudo than one user's name.
[[nodiscard]] std::string sudoers_text(std::string_view user);

}  // namespace interregnum
