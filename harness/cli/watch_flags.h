// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/mistakes.h"
#include "harness/cli/cluster_choice.h"
#include "harness/scenario/scenario.h"

namespace interregnum {

/// The command line of `watch`.
struct WatchFlags {
    ClusterFlags cluster;
    /// A working day: what its record holds can still be read into memory.
    std::string span{"8h"};
    std::vector<std::string> sets;
    std::vector<std::string> expects;
    std::optional<std::uint64_t> seed;
    std::string out{"runs"};
    bool json{};
    std::string confirm;
};

/// The scenario that watching is: customers for that long, and no fault. Mistakes name the flags,
/// since nobody saw the scenario. Pure: looks at the registries only.
[[nodiscard]] Scenario watch_scenario(WatchFlags const& flags, Mistakes& mistakes);

/// The command line that watches so again, with that seed.
[[nodiscard]] std::string watch_again(WatchFlags const& flags, std::uint64_t seed);

}  // namespace interregnum
