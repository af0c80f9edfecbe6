// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/markers.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/processes.h"
#include "harness/faults/support/services.h"
#include "harness/faults/support/shell_text.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The marker holds pid and start time of before: the proof, and for undo the knowledge that the
// service ran. A restart that fails half-way leaves it down.
constexpr std::string_view restart = R"sh(
found=$(main_process "$1")
[ -n "$found" ] || { echo "$1 does not run" >&2; exit 1; }
mark "restarted.$1" "$found" || exit 1
systemctl restart "$1.service"
)sh";

constexpr std::string_view has_restarted = R"sh(
before=$(cat "/run/interregnum/restarted.$1" 2>/dev/null) && [ -n "$before" ] || exit 1
now=$(main_process "$1")
[ -n "$now" ] && [ "$now" != "$before" ]
)sh";

constexpr std::string_view settle = R"sh(
restore() {
    unit=${1##*/restarted.}
    undid="saw that $unit runs"
    systemctl start "$unit.service" && rm -f "$1"
}
)sh";

constexpr MarkedKind marked{
    .stem = "restarted",
    .restore = settle,
    .tell = R"sh(echo "a restart that was not seen through: ${marker##*/restarted.}")sh"};

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    Service const& service = *find_service(options.text("service"));
    std::string const unit(service.unit);
    std::string const inject = shell_text({process_functions(), mark_function, restart});
    std::string const proof = shell_text({process_functions(), has_restarted});
    FaultPlan result{.targets = targets};
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, inject, {unit}, 120s));
        result.undo.push_back(node_script(node, restore_one(marked), {unit}, 60s));
        result.evidence.push_back(
            {.what = fmt::format("{} on {} runs as another process", service.name, node),
             .command = node_script(node, proof, {unit}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("restart {} on {} server(s)", service.name, targets.size());
    return result;
}

std::vector<std::string_view> needs(Options const&) { return {"systemd"}; }

RegisterFault const registered{{
    .name = "service.restart",
    .summary = "a service is restarted, in good order",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            {.name = "service",
             .doc = "which service; PostgreSQL lives in Patroni's and may restart with it",
             .choices = service_names(true),
             .required = true},
        },
    .plan = plan,
    .needs = needs,
    .sweep = kept(restore_all(marked)),
    .residue = kept(marked_residue(marked)),
}};

}  // namespace
}  // namespace interregnum
