// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "harness/history_model.h"

namespace interregnum {

/// A file of events as a source: read where it lies, or, when it is a pipe, into memory first (at
/// most 4 GiB). "-" is the standard input.
[[nodiscard]] Result<std::unique_ptr<HistorySource>> open_history(std::string const& path);

}  // namespace interregnum
