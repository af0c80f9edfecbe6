// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace interregnum {

/// What the lab reads out of the services' answers. All pure.

/// Of Patroni's `GET /patroni` on the leader: how many replicas stream, and how many are
/// synchronous standbys.
struct Streaming {
    int replicas{};
    int synchronous{};
};
[[nodiscard]] Streaming count_streaming(std::string_view json);

/// Of `GET /cluster`: the leader's name when it runs, else "".
[[nodiscard]] std::string find_leader(std::string_view json);

/// A RESP answer of nested arrays and bulk strings, flattened to its strings.
[[nodiscard]] std::vector<std::string> flatten_resp(std::string_view answer);

/// Pairs of a flat answer: {"flags": "master"...}.
[[nodiscard]] std::map<std::string, std::string> resp_pairs(std::vector<std::string> const& flat);

/// Of HAProxy's stats CSV: names of the servers of a section that traffic is routed to; those that
/// were not checked yet, or failed their last check, have " (in doubt)" behind their name.
[[nodiscard]] std::vector<std::string> servers_up(std::string_view csv, std::string_view section);

}  // namespace interregnum
