// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/unit_limits.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view starve = R"sh(
limit "$1" "$2" "CPUQuota=$3%"
)sh";

// How often the kernel made the service wait. A service that has nothing to do never waits: then
// nothing was proved.
constexpr std::string_view throttled = R"sh(
group=$(group_of "$1") || exit 1
awk '$1 == "nr_throttled" { n = $2 } END { print n + 0 }' "$group/cpu.stat"
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const unit = limited_unit(options);
    std::string const percent = std::to_string(options.integer("percent"));
    std::string const functions(limit_functions());
    for (std::string const& node : targets) {
        result.inject.push_back(
            node_script(node, functions + std::string(starve), {id, unit, percent}));
        result.undo.push_back(unlimit_command(node, id));
        result.evidence.push_back(
            {.what = fmt::format("the kernel lets {} on {} wait for a processor", unit, node),
             .command = node_script(node, functions + std::string(throttled), {unit}),
             .relation = Evidence::Relation::changed,
             .within = 15s});
    }
    result.summary = fmt::format("{} gets {} % of one processor for {}", unit, percent,
                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"systemd", "cpu_quota"}; }

std::string_view sweep() {
    static std::string const text = limit_sweep("CPUQuota");
    return text;
}

std::string_view residue() {
    static std::string const text = limit_residue("CPUQuota");
    return text;
}

RegisterFault const registered{{
    .name = "cpu.starve",
    .summary = "a service gets next to no processor time (CPUQuota)",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            limited_service_option(),
            {.name = "percent",
             .type = OptionType::integer,
             .fallback = "5",
             .doc = "what it gets, in percent of one processor",
             .at_least = 1,
             .at_most = 10000},
            {.name = "for", .type = OptionType::duration, .fallback = "60s", .doc = "how long"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = sweep(),
    .residue = residue(),
}};

}  // namespace
}  // namespace interregnum
