// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/base/exit_code.h"
#include "harness/cli/cluster_choice.h"
#include "harness/engine/drill.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// A scenario that a command line became (`inject`, `watch`): played once, reported, and kept in no
/// results.
struct HandPlay {
    std::string verb;
    Scenario scenario;
    std::uint64_t seed{};
    std::string out_folder;
    bool trust_new_hosts{};
    bool json{};
    std::string confirm;  ///< the name of a cluster that is production
    std::string again;    ///< the command line that repeats it
    std::optional<Watching> watching{};
};

/// Asks first where the cluster is production, and takes its lock. Call it before any thread is
/// started.
[[nodiscard]] ExitCode play_by_hand(ChosenCluster chosen, HandPlay one);

}  // namespace interregnum
