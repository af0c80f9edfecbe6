// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "harness/statistics.h"

namespace interregnum {

/// The registered statistics. A program that was linked without them is a bug and ends.
[[nodiscard]] StatisticsKind const& statistics();

/// What is wrong with the name of a measure, "" when there is one of that name.
[[nodiscard]] std::string wrong_measure(std::string const& name);

/// The summary.json of a run folder. Errors name the file.
[[nodiscard]] Result<RunSummary> read_run(std::string const& folder);

/// Runs that were found at a place, and what was there but could not be read.
struct FoundRuns {
    std::vector<RunSummary> runs;      ///< in order of their folders' names; each folder once
    std::vector<std::string> skipped;  ///< a sentence for each
};

/// All runs at `where`: a run folder, a folder of run folders, or a pattern of either
/// ("runs/*-kill-leader", in quotes, so that the shell leaves it alone). At most 10,000.
/// Errors: nothing is there.
[[nodiscard]] Result<FoundRuns> find_runs(std::string const& where);

}  // namespace interregnum
