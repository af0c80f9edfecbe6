// SPDX-License-Identifier: MIT
#pragma once

#include "tests/cluster/support/fault_trial.h"
#include "tests/cluster/support/trial_steps.h"

namespace interregnum::test {

/// Plants the residue of one kind: a fault whose controller, timer and journal are all gone. Then
/// `heal --look` must see it and end with 4, and `heal --all` must remove it, by name alone.
void plant_and_heal(FaultBench& bench, TrialStep const& step);

/// The steps of which a residue can be found by name, each `stride`th.
[[nodiscard]] std::vector<TrialStep> residue_steps(std::size_t stride);

}  // namespace interregnum::test
