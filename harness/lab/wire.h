// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/base/result.h"

namespace interregnum {

/// One question over a fresh TCP connection in plain text, for the lab's own health checks; the
/// clients that drills use are elsewhere. Reads until the peer closes, or until `enough` says of
/// what came so far that it is complete. From inside the lab's network only.
struct Question {
    std::string address;
    std::uint16_t port{};
    std::string text;
    std::function<bool(std::string_view)> enough{};
    Duration timeout{std::chrono::seconds(1)};
};
[[nodiscard]] Result<std::string> ask(Question const& question);

/// The body of a GET that was answered with 200.
[[nodiscard]] Result<std::string> http_get(std::string const& address, std::uint16_t port,
                                           std::string const& path);

}  // namespace interregnum
