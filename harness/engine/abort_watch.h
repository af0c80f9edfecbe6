// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "harness/engine/live_tally.h"
#include "harness/engine/sale_notice.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// What was noticed so far; written by the sinks that notice it, from any thread.
class Breaches {
public:
    void add(Breach breach) { seen_.at(static_cast<std::size_t>(breach)).store(true); }
    [[nodiscard]] bool has(Breach breach) const {
        return seen_.at(static_cast<std::size_t>(breach)).load();
    }

private:
    std::array<std::atomic<bool>, 3> seen_{};
};

/// Calls a run off: when a condition of `abort_if` holds, or when somebody makes the stop file.
/// Then it asks `halt` to stop, once.
class AbortWatch {
public:
    struct World {
        LiveTally& tally;
        Breaches const& breaches;
        Clock& clock;
        Instant origin;
    };
    /// `world` and `halt` must outlive it. `stop_file` may be "".
    AbortWatch(Limits limits, std::string stop_file, World world, std::stop_source& halt);
    AbortWatch(AbortWatch const&) = delete;
    AbortWatch& operator=(AbortWatch const&) = delete;
    ~AbortWatch() = default;
    /// Ends the watch. What it saw first; empty when it never stopped the run.
    [[nodiscard]] std::string finish();

private:
    std::string why_;  ///< the thread's until it has ended
    std::jthread thread_;
};

}  // namespace interregnum
