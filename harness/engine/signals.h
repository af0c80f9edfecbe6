// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
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

private:
    void wait(std::stop_token const& ended);
    std::stop_source source_;
    std::atomic<bool> interrupted_{false};
    std::jthread waiter_;
};

}  // namespace interregnum
