// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/probe.h"

namespace interregnum {

struct HttpAnswer {
    int status{};
    std::string body;  ///< at most 1 MiB; a longer one is an error
};

/// Asks one HTTP server again and again (an observer's tool): keeps its connection where the
/// server lets it, follows no redirect, uses no proxy, takes at most 1 MiB. For one thread.
class HttpClient {
public:
    /// `origin` without a path: "10.0.0.1:8008". TLS, certificates and login are as `access` says.
    HttpClient(std::string const& origin, RestAccess const& access);
    ~HttpClient();
    HttpClient(HttpClient const&) = delete;
    HttpClient& operator=(HttpClient const&) = delete;

    /// An answer of any status is an answer. Errors: timeout, unreachable, protocol (too long,
    /// not HTTP, TLS), stopped.
    [[nodiscard]] Result<HttpAnswer> fetch(std::string const& path, Duration timeout,
                                           std::stop_token stop);
    /// POSTs a JSON text.
    [[nodiscard]] Result<HttpAnswer> post(std::string const& path, std::string const& json,
                                          Duration timeout, std::stop_token stop);

private:
    struct State;
    [[nodiscard]] Result<HttpAnswer> perform(std::string const& path, Duration timeout,
                                             std::stop_token const& stop);
    std::string origin_;  ///< with scheme
    std::unique_ptr<State> state_;
};

}  // namespace interregnum
