// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/engine/cluster_state.h"
#include "harness/engine/signals.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// A run in which nothing is done to the cluster: somebody else works on it, and watches.
struct Watching {
    Duration line_every{std::chrono::seconds(1)};  ///< the terminal is told how customers fare
};

/// Everything one run needs, read and checked.
struct DrillRequest {
    Scenario scenario;
    Inventory inventory;
    ClusterSecrets secrets;
    std::uint64_t seed{};
    std::string out_folder{"runs"};
    bool trust_new_hosts{};
    /// Whoever makes this file ends the run (everything is undone), and no other begins; "": none.
    std::string stop_file{};
    std::string again;  ///< the command line that repeats it
    /// Asked of the record's file when all is undone and read back, so far into the run, unless
    /// somebody stopped it: whether tables and keys of the shop stay for a look. Not set: they are
    /// dropped.
    std::function<bool(std::string const& record_file, record::Offset at)> keeps_shop{};
    /// Then the first signal ends the watching, not the run; a cluster that is not healthy is no
    /// reason not to begin; and what changed on the nodes is told, as somebody else's doing.
    std::optional<Watching> watching{};
};

/// Plays one scenario and leaves its run folder (record, journal, plan, logs). Heals on every
/// path: success, failure, exception, signal. Reports are made afterwards, from the record.
///
/// Returns the run folder. An error means that nothing was touched and there is no folder: a
/// node refused or cannot be reached, no consent, leftovers of an earlier run.
/// `state` must be locked by the caller.
[[nodiscard]] Result<std::string> run_drill(DrillRequest const& request, ClusterState& state,
                                            StopOnSignal& signals);

}  // namespace interregnum
