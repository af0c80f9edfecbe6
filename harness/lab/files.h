// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "harness/base/result.h"

namespace interregnum {

/// The whole file, or an error that names it (`not_found` when there is none).
[[nodiscard]] Result<std::string> read_file(std::string const& path);

/// Writes a new file or replaces an old one by rename: never half a file, and never readable by
/// more than `mode` allows.
[[nodiscard]] Status write_file(std::string const& path, std::string_view text, mode_t mode);

/// Makes it and its parents; an existing one is fine.
[[nodiscard]] Status make_folder(std::string const& path);

/// Files that do not exist are fine.
[[nodiscard]] Status remove_files(std::vector<std::string> const& paths);

/// "text: reason of errno", as an error.
[[nodiscard]] std::unexpected<Error> fail_errno(std::string text);

}  // namespace interregnum
