// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/option.h"
#include "harness/base/result.h"

namespace interregnum {

/// The options of a kind that hits a volume of a node: target, "volume" (of PostgreSQL) and "path"
/// instead, the kind's own, and "for", with what that says.
[[nodiscard]] std::vector<OptionSpec> volume_options(std::vector<OptionSpec> own,
                                                     std::string_view how_long);

/// Three arguments of scripts: the fault's id, then those options: "data", "wal" or "path", and the
/// path. `invalid` when the path is none that a script can be given.
[[nodiscard]] Result<std::vector<std::string>> volume_arguments(std::string const& id,
                                                                Options const& options);

/// For people: "the volume of PostgreSQL's data", "the file system of /srv".
[[nodiscard]] std::string volume_name(Options const& options);

/// Shell functions for the head of a script:
///   folder_of KIND PATH  prints the folder that these arguments mean, as a path without links;
///                        PostgreSQL's own is where its postmaster works
///   same_volume A B      are two folders on one file system?
[[nodiscard]] std::string_view volume_functions();

}  // namespace interregnum
