// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "harness/base/exit_code.h"
#include "harness/cli/verb.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"
#include "harness/engine/cluster_state.h"

namespace interregnum {

/// The flags by which every verb that looks at a cluster says which one.
struct ClusterFlags {
    std::string inventory;  ///< file; "lab" or "" means the lab that is up
    bool trust_new_hosts{};
};
void add_cluster_flags(Verb const& verb, ClusterFlags& flags);

/// The cluster a verb works on, chosen, read and checked.
struct ChosenCluster {
    Inventory inventory;
    ClusterSecrets secrets;
    std::string state_folder;  ///< "" for the default place
    bool is_lab{};
};

/// What was wrong with a choice, and the exit code it deserves: 64 for a bad file, 3 for a
/// cluster that cannot be used.
struct ChoiceError {
    ExitCode code{ExitCode::usage};
    std::string message;
};

/// Reads the inventory (the lab's when none is given; under CI one must be given), reads its
/// secrets, prints the cluster's name, and for the lab enters the lab's network: so call this
/// before any thread is started.
[[nodiscard]] std::expected<ChosenCluster, ChoiceError> choose_cluster(ClusterFlags const& flags);

/// The cluster's state with its lock, which nobody else has until the end; nothing, and a line on
/// stderr, when another program has it or its folder cannot be made.
[[nodiscard]] std::optional<ClusterState> locked_state(ChosenCluster const& chosen,
                                                       std::string const& doing);

}  // namespace interregnum
