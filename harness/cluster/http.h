// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

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

}  // namespace interregnum
