// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "tests/cluster/support/trial_steps.h"

namespace interregnum::test {

/// How the controller is lost.
enum class Loss {
    killed,   ///< SIGKILL
    cut_off,  ///< it lives on, but no packet of its SSH reaches the nodes any more
};

/// What came of one run in which the controller was lost while its fault was armed.
struct LossOutcome {
    std::string kind;
    bool in_force{};  ///< shown on a node at the moment of the loss
    /// From the loss: the begin of the last look that saw it in force, and the end of the first
    /// that did not. A look at five nodes takes a second and more where the machine is busy.
    Duration in_force_until{};
    Duration healed_after{};
    /// In force 5 s after the lease, without `heal`, by a look that began then; for a service that
    /// was told to stop, and took longer than its lease, 5 s after it had stopped.
    std::vector<std::string> still_there;
    std::vector<std::string> residues;  ///< after `heal --all`
};

/// Loses a controller at a moment that `seed` chooses, between the promise and some seconds
/// later. Looks at the nodes from the host, not over SSH.
[[nodiscard]] LossOutcome lose_controller(TrialStep const& step, Loss loss, std::uint64_t seed);

/// Those of the trial steps that a node of the lab can undo itself.
[[nodiscard]] std::vector<TrialStep> self_healing_steps();

}  // namespace interregnum::test
