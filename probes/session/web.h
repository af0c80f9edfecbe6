// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "harness/base/clock.h"
#include "probes/session/outcome.h"

namespace interregnum {

/// A page that a web server answered with.
struct WebAnswer {
    int status{};
    std::string body;  ///< the first MiB
};

/// Fetches one URL again and again, each time within a deadline: libcurl. Follows no redirect, uses
/// no proxy, verifies certificates. For one thread.
class WebClient {
public:
    /// `keep`: the connection is kept while it works; else each fetch dials anew.
    WebClient(std::string url, bool keep);
    ~WebClient();
    WebClient(WebClient const&) = delete;
    WebClient& operator=(WebClient const&) = delete;

    /// GET. An answer of any status is a good ending.
    [[nodiscard]] Ending get(Instant deadline, WebAnswer& answer);

    /// Drops a connection that is kept.
    void close();

private:
    struct State;
    std::string url_;
    bool keep_;
    std::unique_ptr<State> state_;
};

/// Why this is no URL that can be watched: another scheme than http and https, no host, or a user
/// and password, which would end up in the record. "" when it can.
[[nodiscard]] std::string wrong_with_url(std::string const& url);

/// What is wrong with an answer, "" when nothing: its status is not `status`, or its body does not
/// contain `text`.
[[nodiscard]] std::string wrong_with_answer(WebAnswer const& answer, std::int64_t status,
                                            std::string const& text);

/// Judges a fetch. A page that could not be fetched is `failed`: nothing was bought by looking.
[[nodiscard]] OutcomeClass judge_web(Ending const& ending);

}  // namespace interregnum
