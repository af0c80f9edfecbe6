// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <stop_token>

namespace interregnum {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Where time comes from. Real in production, stepped by hand in unit tests.
///
/// All durations of the program come from this one clock; wall-clock time is read once a run
/// (`wall_now`) and used by formats only.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
    /// For how long, since it booted, this machine was suspended: time that `now` does not count.
    /// That it has grown tells of a laptop that was closed meanwhile. (A virtual machine that its
    /// host paused hears of nothing.)
    [[nodiscard]] virtual Duration suspended() const { return {}; }
    /// Sleeps until `when`. Returns false when `stop` cut the sleep short.
    virtual bool sleep_until(Instant when, std::stop_token stop) = 0;
    /// Sleeps for `span`. Returns false when `stop` cut the sleep short.
    bool sleep_for(Duration span, std::stop_token stop) { return sleep_until(now() + span, stop); }
};

/// CLOCK_MONOTONIC. Safe to share between threads.
class SteadyClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
    [[nodiscard]] Duration suspended() const override;
    bool sleep_until(Instant when, std::stop_token stop) override;
};

/// Nanoseconds since 1970-01-01 UTC. For the one anchor of a run, for folder names and for
/// logs; never subtract two of these.
[[nodiscard]] Duration wall_now();

}  // namespace interregnum
