// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/engine/node_lock.h"

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

    /// The run has that lock, which must outlive whoever asks for it.
    void lock_taken(NodeLock& lock);
    /// Whether the nodes are still this run's: see NodeLock. Not before the lock was taken.
    [[nodiscard]] Status holds(std::stop_token const& stop, Duration patience) const;
    /// For who cleans up, whatever asked the run to stop: false where the nodes are known to be
    /// another run's. Where none of them says whose they are, they are taken for ours.
    [[nodiscard]] bool still_ours(Duration patience) const;

    /// The nodes are another run's now ("the lock of db1 was lost to run X of Y").
    void lock_lost(std::string why);
    /// Why; "" as long as the lock is ours.
    [[nodiscard]] std::string lost() const;

private:
    std::stop_source source_;
    NodeLock* lock_{};
    mutable std::mutex mutex_;
    std::string lost_;
    std::stop_callback<std::function<void()>> asked_;
};

}  // namespace interregnum
