// SPDX-License-Identifier: MIT
#pragma once

#include <thread>

#include "harness/base/clock.h"
#include "harness/engine/live_tally.h"

namespace interregnum {

/// Tells people every few seconds how customers fare, for as long as it lives.
class StatusLine {
public:
    StatusLine(LiveTally& tally, Clock& clock, Instant origin);

private:
    std::jthread thread_;
};

}  // namespace interregnum
