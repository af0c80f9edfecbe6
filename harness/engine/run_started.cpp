// SPDX-License-Identifier: MIT
#include "harness/engine/run_started.h"

#include "harness/engine/drill.h"

namespace interregnum {

InForce in_force_on(Scenario const& scenario, ClusterView const& view) {
    if (!view.config_known) return in_force(scenario, std::nullopt);
    return in_force(scenario, ClusterSettings{.synchronous = view.synchronous,
                                              .strict = view.strict,
                                              .failsafe = view.failsafe});
}

record::RunStarted run_started(DrillRequest const& request, ClusterView const& view) {
    InForce expected = in_force_on(request.scenario, view);
    record::RunStarted started{.run_id = {},
                               .version = INTERREGNUM_VERSION,
                               .scenario = request.scenario.name,
                               .title = request.scenario.title,
                               .cluster = request.inventory.cluster,
                               .environment = request.inventory.environment,
                               .seed = request.seed,
                               .again = request.again,
                               .nodes = {},
                               .expectations = std::move(expected.expectations),
                               .notes = {},
                               .by_design = std::move(expected.by_design),
                               .why = std::move(expected.why),
                               .watched = request.watching.has_value()};
    if (!expected.note.empty()) started.notes.push_back(std::move(expected.note));
    for (InventoryNode const& node : request.inventory.nodes)
        started.nodes.push_back({.name = node.name, .address = node.address, .group = node.group});
    return started;
}

}  // namespace interregnum
