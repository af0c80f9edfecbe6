// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/engine/undo_journal.h"

namespace interregnum {

/// What a person pastes into a node's console when SSH is gone: for each node of the open
/// promises the line that runs its own heal script, and what must be run on the controller; then
/// the whole sweep, for a node that has lost even that. Pure; every value is quoted for a shell.
/// `run_folders` are the runs and their promises.
[[nodiscard]] std::string heal_lines(
    std::vector<std::pair<std::string, std::vector<Promise>>> const& run_folders,
    std::string_view sweep);

}  // namespace interregnum
