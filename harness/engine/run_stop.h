// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

namespace interregnum {

/// What ends a run before its time: whoever started it (a signal), or another run that has taken
/// its lock from it. One stop token for both. Safe to use from several threads.
class RunStop {
public:
    explicit RunStop(std::stop_token asked);
    RunStop(RunStop const&) = delete;
    RunStop& operator=(RunStop const&) = delete;
    ~RunStop() = default;

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

    /// The nodes are another run's now ("the lock of db1 was lost to run X of Y").
    void lock_lost(std::string why);
    /// Why; "" as long as the lock is ours.
    [[nodiscard]] std::string lost() const;

private:
    std::stop_source source_;
    mutable std::mutex mutex_;
    std::string lost_;
    std::stop_callback<std::function<void()>> asked_;
};

}  // namespace interregnum
