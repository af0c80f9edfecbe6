// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// What faults are doing now, by their events: who asks nodes from time to time must not be in
/// their way. Used under its owner's lock.
class FaultsInForce {
public:
    /// True when a fault was over with this event, well or not.
    bool learn(record::FaultEvent const& fault);
    /// One is being injected or undone now: sessions are wanted for that.
    [[nodiscard]] bool any_under_way() const { return !under_way_.empty(); }
    /// The nodes that a fault has in its hand, and which may not answer.
    [[nodiscard]] std::set<std::string> targets() const;

private:
    std::map<std::string, std::vector<std::string>> in_force_;  ///< fault: its targets
    std::set<std::string> under_way_;
};

}  // namespace interregnum
