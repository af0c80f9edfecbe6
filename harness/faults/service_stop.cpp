// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/held_unit.h"
#include "harness/faults/support/processes.h"
#include "harness/faults/support/services.h"

namespace interregnum {
namespace {

constexpr std::string_view mark = "stopped";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    Service const& service = *find_service(options.text("service"));
    FaultPlan result{.targets = targets,
                     .nodes_lost = nodes_lost_without(service.name, targets),
                     .hold = options.duration("for")};
    for (std::string const& node : targets) {
        result.inject.push_back(
            bring_down(node, {.mark = mark, .unit = service.unit, .signal = "stop", .hold = true}));
        result.undo.push_back(bring_back(node, mark, service.unit));
        result.evidence.push_back({.what = fmt::format("{} on {} is down", service.name, node),
                                   .command = is_down(node, service.unit),
                                   .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("stop {} on {} server(s) for {}", service.name, targets.size(),
                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const&) { return {"systemd"}; }

std::string const sweep = held_unit_sweep(mark);
std::string const residue = held_unit_residue(mark);

RegisterFault const registered{{
    .name = "service.stop",
    .summary = "a service is told to stop, in good order, and is kept from coming back",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "service",
             .doc = "which service; patroni gives its leadership up first",
             .choices = service_names(true),
             .required = true},
            {.name = "for",
             .type = OptionType::duration,
             .fallback = "30s",
             .doc = "how long it stays stopped"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
