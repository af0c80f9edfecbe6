// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/cluster_choice.h"

namespace interregnum {

/// The command line of `inject`.
struct InjectFlags {
    ClusterFlags cluster;
    std::string fault;
    std::string target;
    std::string hold;
    std::vector<std::string> sets;
    std::optional<std::uint64_t> seed;
    std::string out{"runs"};
    std::string within{"5m"};
    bool allow_quorum_loss{};
    bool dry_run{};
    bool json{};
    std::string confirm;
};

/// The command line that injects it again, with that seed: with everything that makes a difference
/// to what happens.
[[nodiscard]] std::string inject_again(InjectFlags const& flags, std::uint64_t seed);

}  // namespace interregnum
