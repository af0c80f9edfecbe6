// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace interregnum {

/// SIGINT, SIGTERM and SIGHUP as a stop request. Blocks them for the calling thread, and so for
/// every thread started later; one thread waits for them. The first one asks everything to stop
/// (and so to heal); later ones only say that healing is under way: they never skip it.
///
/// Make one early in a verb, before other threads.
class StopOnSignal {
public:
    StopOnSignal();
    StopOnSignal(StopOnSignal const&) = delete;
    StopOnSignal& operator=(StopOnSignal const&) = delete;
    ~StopOnSignal();

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
    /// A signal came.
    [[nodiscard]] bool interrupted() const { return interrupted_.load(); }

    /// From now on the first signal stops `less` and nothing else: somebody who watches has seen
    /// enough. The ones after it are as ever. Nothing: every one is.
    void first_ends(std::optional<std::stop_source> less);

private:
    void wait(std::stop_token const& ended);
    [[nodiscard]] std::optional<std::stop_source> take_less();

    std::mutex mutex_;
    std::optional<std::stop_source> less_;
    std::stop_source source_;
    std::atomic<bool> interrupted_{false};
    std::jthread waiter_;
};

}  // namespace interregnum
