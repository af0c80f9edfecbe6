// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// Prints the numbers of repeated drills (as JSON if asked) and writes them to repeats.json and
/// repeats.md in `out_folder`. `run_folders` are the runs that were made; one that has no
/// readable summary is named on stderr. Errors: a file, or stdout, cannot be written.
[[nodiscard]] Status tell_repeats_of(std::vector<std::string> const& run_folders,
                                     std::string const& out_folder, bool json);

/// Writes them to a file for the textfile collector of a node exporter, in one rename. Errors: the
/// file cannot be written.
[[nodiscard]] Status write_prometheus_of(std::vector<std::string> const& run_folders,
                                         std::string const& file);

}  // namespace interregnum
