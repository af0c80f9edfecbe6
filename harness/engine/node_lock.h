// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/remote/fleet.h"

namespace interregnum {

/// One run at a time on a cluster, whoever drives it: a file on each node that says whose run
/// goes on. It counts for a minute and is renewed while the run lasts, so that a controller that
/// dies keeps nobody out for longer. (The lock of cluster_state.h is for controllers that share a
/// machine, and needs no node.)
class NodeLock {
public:
    /// Takes it on every node, or on none: `refused`, naming node, owner, host and age, when
    /// another run holds it.
    ///
    /// A controller that stood still for longer than its lock counts may find another run's when
    /// it renews it: then `lost` is called, once and by another thread or that of `holds`, with a
    /// sentence that names node, run and owner, and nothing is renewed any more. One that was
    /// suspended looks within a second of its waking up.
    [[nodiscard]] static Result<NodeLock> take(Fleet& fleet, std::vector<std::string> nodes,
                                               std::string const& run_id, Clock& clock,
                                               std::stop_token stop,
                                               std::function<void(std::string)> lost);
    NodeLock(NodeLock&& other) noexcept;
    NodeLock& operator=(NodeLock&&) = delete;
    NodeLock(NodeLock const&) = delete;
    NodeLock& operator=(NodeLock const&) = delete;
    /// Gives it back, as `release` does.
    ~NodeLock();

    /// Whether it is still ours, to be asked before anything is injected. That is known without a
    /// word to any node when one of them said so not long ago, and this machine was not suspended
    /// since. Else they are asked now, for `patience` while none of them answers: a network, too,
    /// needs a moment to wake up. Errors: `refused`, another run has it; `unreachable`, no node
    /// answers. Safe to call from several threads, but not beside `release`.
    [[nodiscard]] Status holds(std::stop_token const& stop, Duration patience);

    /// Gives it back, once. What could not be reached forgets it by itself.
    void release();

private:
    class Keeper;
    NodeLock(Fleet& fleet, std::vector<std::string> nodes, std::string run_id);
    Fleet* fleet_;
    std::vector<std::string> nodes_;
    std::string run_id_;
    std::unique_ptr<Keeper> keeper_;
    std::jthread renewing_;
};

/// Gives back the lock of a run whose controller is dead, where that run still has it.
void release_node_lock(Fleet& fleet, std::vector<std::string> const& nodes,
                       std::string const& run_id);

}  // namespace interregnum
