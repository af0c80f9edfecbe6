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

/// Something left on a node that no name of ours tells: only the comparison with the state before
/// can, so nobody but the clean certificate knows of it.
struct PlantedFact {
    std::string_view fact;    ///< by which it must be seen
    std::string_view plant;   ///< a shell line for a node, as root
    std::string_view remove;  ///< from any state
};

/// Every `stride`th of them. A clock that somebody set is planted on the emulated machine.
[[nodiscard]] std::vector<PlantedFact> planted_facts(std::size_t stride);

/// Plants it on a replica: the nodes' states must differ by that fact, on that node, and no longer
/// when it is removed.
void plant_and_compare(FaultBench& bench, PlantedFact const& planted);

}  // namespace interregnum::test
