// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/cluster/view.h"
#include "harness/record/spot_facts.h"
#include "harness/remote/fleet.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// Why a cluster is not as it has to be before something is broken; empty when it is.
[[nodiscard]] std::vector<std::string> not_healthy_because(ClusterView const& view);

/// What is asked before a drill begins.
struct BaselineQuestion {
    std::vector<Step> const& steps;
    /// Of AWS, as known now.
    std::vector<record::SpotNotice> interruptions;
    Fleet& fleet;
    Clock& clock;
    std::function<ClusterView(std::stop_token)> look;
};

/// Why the drill must not begin, in whole sentences; empty when it may: AWS takes no node back, the
/// cluster is healthy (it has a minute for that), somebody has every role that the steps name, and
/// the nodes can do what the steps need.
[[nodiscard]] std::vector<std::string> no_baseline_because(BaselineQuestion const& question,
                                                           std::stop_token const& stop);

}  // namespace interregnum
