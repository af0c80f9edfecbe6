// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace interregnum {

/// A short name for a run on the nodes, "r" and eight hexadecimal digits: of its id and of this
/// process, so that two controllers that begin in the same second do not share it.
[[nodiscard]] std::string run_mark(std::string const& run_id);

}  // namespace interregnum
