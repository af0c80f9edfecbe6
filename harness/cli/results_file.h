// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/results.h"

namespace interregnum {

/// Makes sure that results can be kept there, before hours go into them: it can be opened, and
/// its address holds no password (`invalid`).
[[nodiscard]] Status try_results(std::string const& where);

/// Adds the run in a run folder to the results: a file (SQLite), made when it is not there, or the
/// address of a database ("postgresql://user@host/name"), in which a schema is made.
[[nodiscard]] Status add_to_results(std::string const& where, std::string const& run_folder);

/// The newest `most` runs of a scenario ("": of all), oldest first. A file that is not there is an
/// error and is not made.
[[nodiscard]] Result<std::vector<RunSummary>> read_results(std::string const& where,
                                                           std::string const& scenario,
                                                           std::size_t most);

/// The newest `most` runs of a scenario as `read_results` has them, and after them, of the newest
/// `most` runs of all scenarios, those of the others, also oldest first: which nights there were,
/// they say, too. So what others played since takes no room from the scenario. "": of all.
[[nodiscard]] Result<std::vector<RunSummary>> read_with_others(std::string const& where,
                                                               std::string const& scenario,
                                                               std::size_t most);

/// See `TrendKind`.
[[nodiscard]] Trend tell_trend_of(std::vector<RunSummary> const& runs, std::string const& measure,
                                  int nights, std::string const& scenario);

}  // namespace interregnum
