// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace interregnum {

/// A path with its leading "~/" replaced by the user's home folder (HOME, else the passwd
/// entry). Other paths are returned as they are.
[[nodiscard]] std::string home_path(std::string path);

}  // namespace interregnum
