// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/remote/unique_fd.h"

namespace interregnum {

/// Why a wait for a file descriptor ended.
enum class Wake { ready, timeout, stopped };

/// Waits for file descriptors until one deadline or a stop, whichever comes first. A stop wakes
/// it at once: it rings an eventfd that every wait also polls.
class Waiter {
public:
    Waiter(Instant deadline, std::stop_token stop);
    Waiter(Waiter const&) = delete;
    Waiter& operator=(Waiter const&) = delete;

    /// Returns when `fd` has one of `events` (as poll(2) names them) or an error of its own.
    [[nodiscard]] Wake wait(int fd, short events) const;
    /// The same, but gives up at `until` where that is before the deadline.
    [[nodiscard]] Wake wait(int fd, short events, Instant until) const;

    /// The same for several, at most 4, of which negative ones are left out.
    [[nodiscard]] Wake wait(std::span<int const> fds, short events, Instant until) const;

    [[nodiscard]] Instant deadline() const { return deadline_; }
    /// `timeout` or `stopped` when there is nothing left to wait for, else `ready`.
    [[nodiscard]] Wake state() const;

private:
    struct Ring {
        int fd;
        void operator()() const noexcept;
    };

    Instant deadline_;
    std::stop_token stop_;
    UniqueFd bell_;
    std::optional<std::stop_callback<Ring>> callback_;  // after bell_: it must end first
};

/// The error for a wait that ended without `ready`: `stopped`, or `on_timeout` with
/// "DOING: no answer in time".
[[nodiscard]] Error wake_error(Wake wake, Error::Kind on_timeout, std::string_view doing);

}  // namespace interregnum
