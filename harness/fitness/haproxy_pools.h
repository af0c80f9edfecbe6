// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fitness/haproxy_expect.h"

namespace interregnum {

/// What of a HAProxy's configuration serves one port: the `listen` section, or the `frontend` and
/// the backend that it uses by default, each with the defaults that it takes over.
struct HaproxyPool {
    std::string name;        ///< of the section with the servers
    std::uint16_t port{};    ///< where customers dial it
    std::string check_path;  ///< of `option httpchk`, "/primary?lag=10MB"; "" when there is none
    bool http_check{};       ///< `option httpchk`: without it `http-check` does nothing
    /// Its rules `http-check expect`: those of its defaults, unless it has any rule itself, or its
    /// own `option httpchk`.
    std::vector<HttpExpectation> expects;
    bool tcp_check{};    ///< `option tcp-check`, which the last such option wins
    bool checks_role{};  ///< it expects "role:master"
    /// ... of an answer that is not looked at before it is long enough (min-recv): else a replica's
    /// may go on, and is waited for.
    bool role_at_once{};
    bool cuts_sessions{};        ///< on-marked-down shutdown-sessions, for every server
    bool has_backup{};           ///< a server is `backup`
    std::string timeout_client;  ///< as written: "30m"; "" when it is not set
    std::string timeout_server;
    std::string timeout_connect;
    std::string timeout_server_fin;
    bool limits_sessions{};  ///< a server has a `maxconn`
    std::int64_t rise{2};    ///< the lowest of all servers; HAProxy's default
    std::size_t servers{};
    std::size_t checked{};  ///< of them, those with a health check
};

/// Reads a configuration, line by line (at most 2,000), and gives what serves the ports; a port
/// that nothing binds is left out. Conditions (`.if`), `use_backend` rules and `server-template`
/// are not followed.
[[nodiscard]] std::vector<HaproxyPool> haproxy_pools(std::vector<std::string> const& lines,
                                                     std::vector<std::uint16_t> const& ports);

}  // namespace interregnum
