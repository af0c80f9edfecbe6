// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/base/secret.h"

namespace interregnum {

/// One request to a REST service of a node (Patroni, etcd, HAProxy's statistics).
struct HttpRequest {
    std::string host;  ///< address, IPv6 without brackets
    std::uint16_t port{};
    std::string path{"/"};
    std::string body{};  ///< given: POST of JSON; empty: GET
    Duration timeout{std::chrono::seconds(2)};
    std::size_t size_limit{1U << 20U};  ///< bytes of answer; more is an error
    bool tls{};
    std::string cacert{};
    std::string cert{};
    std::string key{};
    std::string user{};
    Secret password{};
};

struct HttpAnswer {
    int status{};
    std::string body;
};

/// Asks, without redirects and without a proxy. A status such as 503 is an answer, not an
/// error. Errors name host and port: `unreachable` when no connection came about, else `timeout`
/// or `protocol`.
[[nodiscard]] Result<HttpAnswer> http(HttpRequest const& request, std::stop_token stop);

/// The same for an answer that has no end (etcd's watch): pieces of the body go to `take` as they
/// arrive, until it returns false, the peer ends it, or `request.timeout` is over, each of which
/// is good; the status comes back, 0 when there was none yet. `size_limit` does not apply: nothing
/// is kept. Beyond `connect_limit` no connection is waited for; a peer whose kernel does not answer
/// for some three seconds is given up. A stop takes up to a second.
[[nodiscard]] Result<int> http_stream(HttpRequest const& request, Duration connect_limit,
                                      std::function<bool(std::string_view)> const& take,
                                      std::stop_token stop);

}  // namespace interregnum
