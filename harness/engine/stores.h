// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/view.h"
#include "harness/probe.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// The stores that a workload writes into: prepared before a run, read at its end, dropped.
class Stores {
public:
    /// Those that the workload's probes name; each with the options of the probes that name it.
    explicit Stores(std::vector<WorkloadItem> const& workload);
    /// Every registered store: for healing, which does not know what a dead run used.
    [[nodiscard]] static Stores all();

    [[nodiscard]] Status prepare(ProbeContext const& context, std::stop_token stop) const;
    /// From the leader and every replica of `view`.
    [[nodiscard]] Status final_read(ProbeContext const& context, ClusterView const& view,
                                    std::stop_token stop) const;
    /// Tries all of them; the first error comes back.
    [[nodiscard]] Status drop(ProbeContext const& context, std::stop_token stop) const;

private:
    Stores() = default;
    struct Used {
        StoreKind const* kind{};
        Options options;
    };
    std::vector<Used> used_;
};

/// Drops them, again and again while the cluster comes back: a load balancer's health checks follow
/// a new leader some seconds later. Gives up after `patience` or when stopped, with the last error.
[[nodiscard]] Status drop_patiently(Stores const& stores, ProbeContext const& context, Clock& clock,
                                    Duration patience, std::stop_token stop);

}  // namespace interregnum
