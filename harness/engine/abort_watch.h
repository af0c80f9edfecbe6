// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "harness/engine/live_tally.h"
#include "harness/engine/notices.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

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
