// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/cluster_choice.h"
#include "harness/cli/gate_plan.h"
#include "harness/cli/migration_flags.h"
#include "harness/engine/signals.h"
#include "harness/gate.h"
#include "harness/scenario/suite.h"

/// How a gate begins, and how one that was interrupted is taken up again.
namespace interregnum {

/// The command line of `gate`.
struct GateFlags {
    ClusterFlags cluster;
    MigrationFlags migration;
    std::string suite;
    std::string resume;
    std::vector<std::string> done;
    std::optional<std::uint64_t> seed;
    std::string out;
    std::string results;
    std::string inconclusive;
    std::string on_fail{"clean"};
    int inconclusive_cap{3};
    std::string confirm;
    std::string shard;
    std::string budget;
    std::string prometheus;
    bool skip_preflight{};
    bool json{};
};

/// A gate that was begun, now or by an earlier call.
struct Begun {
    GatePlan plan;
    Suite suite;  ///< with the drills of this shard, ticked
    std::string folder;
    GateFacts facts;
};

/// A new gate of a suite that was read and ticked: makes its folder, in which its plan is on the
/// disk before anything is touched. Errors: a bad shard, results that cannot be kept, a folder
/// that cannot be made.
[[nodiscard]] std::expected<Begun, ChoiceError> begin_gate(GateFlags const& flags,
                                                           ChosenCluster const& chosen,
                                                           Suite suite);

/// Goes on with the gate in `flags.resume`, whose plan was read, and whose suite has the plan's
/// ticks and those that are new, which go into the plan: reads what was played, undoes what a
/// killed controller left on the nodes, and adds to the results what did not get there. `state`
/// must be locked by the caller. Errors: the suite, a scenario, the cluster or the version is not
/// what it was, a strange run in the folder (usage); something cannot be undone (not_undone).
[[nodiscard]] std::expected<Begun, ChoiceError> resume_gate(GateFlags const& flags,
                                                            ChosenCluster const& chosen,
                                                            Suite suite, GatePlan plan,
                                                            ClusterState& state,
                                                            StopOnSignal const& signals);

}  // namespace interregnum
