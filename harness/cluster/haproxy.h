// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
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
    bool backup{};        ///< in use only while no other server of its backend is up
    /// Where the section of that name listens; empty where HAProxy does not tell (it does with
    /// `option socket-stats` and `stats show-legends`). At most 16.
    std::vector<std::uint16_t> ports{};
};

/// Parses the CSV of `GET /;csv` (and of `show stat`): servers only, not the sums of frontends
/// and backends, nor their sockets. Columns are found by the names in the first line. At most
/// 10,000 lines.
[[nodiscard]] Result<std::vector<HaproxyServer>> parse_haproxy_stats(std::string_view csv);

/// An address as HAProxy's statistics write it, taken apart.
struct HaproxyAddress {
    std::string host;      ///< without brackets
    std::uint16_t port{};  ///< 0: there is none
};

/// "10.0.0.1:5432", "[fd00::1]:5432"; a path or another text without a port is all host.
[[nodiscard]] HaproxyAddress split_haproxy_address(std::string_view address);

}  // namespace interregnum
