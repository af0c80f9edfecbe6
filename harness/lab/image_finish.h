// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "harness/base/result.h"

namespace interregnum {

/// Makes of a freshly bootstrapped tree what a node can boot: the admin user, no service that
/// starts by itself, limits for its file systems, nothing of the host left in it.
[[nodiscard]] Status finish_image(std::string const& root);

}  // namespace interregnum
