// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/processes.h"
#include "harness/faults/support/services.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// The marker holds pid and start time of before: the proof, and for undo the knowledge that the
// service ran. A restart that fails half-way leaves it down.
constexpr std::string_view restart = R"sh(
found=$(main_process "$1")
[ -n "$found" ] || { echo "$1 does not run" >&2; exit 1; }
marker=/run/interregnum/restarted.$1
mkdir -p /run/interregnum && echo "$found" > "$marker.new" && mv "$marker.new" "$marker" || exit 1
systemctl restart "$1.service"
)sh";

constexpr std::string_view has_restarted = R"sh(
before=$(cat "/run/interregnum/restarted.$1" 2>/dev/null) && [ -n "$before" ] || exit 1
now=$(main_process "$1")
[ -n "$now" ] && [ "$now" != "$before" ]
)sh";

constexpr std::string_view settle_function = R"sh(
settle() {
    marker=/run/interregnum/restarted.$1
    rm -f "$marker.new"
    [ -e "$marker" ] || return 0
    systemctl start "$1.service" || return 1
    rm -f "$marker"
    rmdir /run/interregnum 2>/dev/null || :
}
)sh";

constexpr std::string_view sweep_loop = R"sh(
status=0
for found in /run/interregnum/restarted.*; do
    [ -e "$found" ] || continue
    unit=${found##*/restarted.}; unit=${unit%.new}
    settle "$unit" && echo "saw that $unit runs" || status=1
done
exit $status
)sh";

constexpr std::string_view residue = R"sh(
for found in /run/interregnum/restarted.*; do
    [ ! -e "$found" ] || echo "a restart that was not seen through: ${found##*/restarted.}"
done
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    Service const& service = *find_service(options.text("service"));
    std::string const unit(service.unit);
    std::string const functions(process_functions());
    FaultPlan result{.targets = targets};
    for (std::string const& node : targets) {
        result.inject.push_back(node_script(node, functions + std::string(restart), {unit}, 120s));
        result.undo.push_back(
            node_script(node, std::string(settle_function) + "settle \"$1\"\n", {unit}, 60s));
        result.evidence.push_back(
            {.what = fmt::format("{} on {} runs as another process", service.name, node),
             .command = node_script(node, functions + std::string(has_restarted), {unit}),
             .relation = Evidence::Relation::succeeds});
    }
    result.summary = fmt::format("restart {} on {} server(s)", service.name, targets.size());
    return result;
}

std::vector<std::string_view> needs(Options const&) { return {"systemd"}; }

std::string const sweep = std::string(settle_function) + std::string(sweep_loop);

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
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
