// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

/// Which runs are one night: what one gate, or one job of CI, played.
namespace interregnum {

/// When nights began, in order, of the instants at which runs did (as `format_wall` writes them, in
/// any order; of all runs of a cluster). A run that begins 6 h or more after the one before it
/// begins a night: within a gate the next play follows in minutes, and jobs once a day leave more
/// than that between them. So a gate that plays across midnight is one night, and two gates on one
/// day are two when they are so far apart. Where runs never pause for so long, a night ends 20 h
/// after it began. An instant that cannot be read is a night of its own.
[[nodiscard]] std::vector<std::string> night_begins(std::vector<std::string> started);

/// When the night of a run began that did at `started`: the last of `begins` that is not later.
[[nodiscard]] std::string night_of(std::string const& started,
                                   std::vector<std::string> const& begins);

/// What a night is called: "2026-11-22", or "2026-11-22 14:03" where others of `begins` have that
/// date, too.
[[nodiscard]] std::string night_name(std::string const& begin,
                                     std::vector<std::string> const& begins);

}  // namespace interregnum
