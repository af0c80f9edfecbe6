// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/clock.h"
#include "harness/engine/hands.h"
#include "harness/record/event.h"

namespace interregnum {

/// Renews the leases of one fault, three times as often as they last, until it is destroyed.
///
/// A node that healed itself in the meantime, or whose lease could not be renewed in time, is
/// told to the record once, as a reason for `inconclusive`: the fault was not in force for as
/// long as the scenario says. While a node runs the fault's own commands no renewal gets through
/// to it, and it keeps the fault all the same (arming.h): nothing is told of that.
class LeaseKeeper {
public:
    /// `hands`, `sink` and `clock` must outlive it.
    LeaseKeeper(Hands& hands, record::Sink& sink, Clock& clock, Instant origin,
                std::string fault_id, std::vector<FaultCommand> renewals, Duration lease);
    LeaseKeeper(LeaseKeeper&&) noexcept = default;
    LeaseKeeper& operator=(LeaseKeeper&&) noexcept = default;
    LeaseKeeper(LeaseKeeper const&) = delete;
    LeaseKeeper& operator=(LeaseKeeper const&) = delete;
    /// Stops renewing; waits for a renewal under way (at most its timeout).
    ~LeaseKeeper() = default;

    /// The fault's own commands were over at `now`, well or not.
    void inject_is_over(Instant now) { inject_over_->store(now.time_since_epoch().count()); }

private:
    std::shared_ptr<std::atomic<Duration::rep>> inject_over_;  ///< below 0: they are not
    std::jthread thread_;
};

}  // namespace interregnum
