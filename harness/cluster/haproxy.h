// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace interregnum {

/// A server line of HAProxy's statistics.
struct HaproxyServer {
    std::string backend;
    std::string server;
    std::string status;   ///< "UP", "DOWN", "UP 1/2", "MAINT"...
    std::string address;  ///< "10.0.0.1:5432"; "" where HAProxy keeps it to itself
};

/// Parses the CSV of `GET /;csv` (and of `show stat`): servers only, not the sums of frontends
/// and backends. Columns are found by the names in the first line. At most 10,000 lines.
[[nodiscard]] Result<std::vector<HaproxyServer>> parse_haproxy_stats(std::string_view csv);

}  // namespace interregnum
