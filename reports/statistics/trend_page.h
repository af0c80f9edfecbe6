// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "reports/statistics/trend.h"

namespace interregnum {

/// The sentence under a line: whether its newest night is worse, or that nobody can tell.
[[nodiscard]] std::string trend_sentence(TrendLine const& line);

/// One page that needs nothing else: for each line a picture (every run a dot with its error, the
/// median of each night a stroke) and the same numbers as a table.
[[nodiscard]] std::string trend_page(std::vector<TrendLine> const& lines,
                                     std::string const& measure);

}  // namespace interregnum
