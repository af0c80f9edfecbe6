// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/node_script.h"
#include "harness/faults/support/unit_limits.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

// MemoryHigh makes a service reclaim and wait, and never kills it; what it leaves of the memory
// stays with everybody else, so sshd and the undo are no worse off.
constexpr std::string_view press = R"sh(
high=$4
if [ -z "$high" ]; then
    group=$(group_of "$2") && used=$(cat "$group/memory.current") && [ "${used:-0}" -gt 0 ] || {
        echo "the memory that $2 uses is not known: give \"limit\"" >&2; exit 1
    }
    high=$((used / 100 * $3))
fi
limit "$1" "$2" "MemoryHigh=$high"
)sh";

// How often the service went over the limit and was made to reclaim.
constexpr std::string_view over = R"sh(
group=$(group_of "$1") || exit 1
awk '$1 == "high" { n = $2 } END { print n + 0 }' "$group/memory.events"
)sh";

Result<FaultPlan> plan(FaultRequest const& request) {
    auto const& [id, options, targets, view, lease] = request;
    FaultPlan result{.targets = targets, .hold = options.duration("for")};
    std::string const unit = limited_unit(options);
    std::string const percent = std::to_string(options.integer("percent"));
    std::string const bytes =
        options.has("limit") ? std::to_string(options.bytes("limit")) : std::string();
    if (bytes == "0") return fail(Error::Kind::invalid, "\"limit\": expected more than no memory");
    std::string const functions(limit_functions());
    for (std::string const& node : targets) {
        result.inject.push_back(
            node_script(node, functions + std::string(press), {id, unit, percent, bytes}, 30s));
        result.undo.push_back(unlimit_command(node, id));
        result.evidence.push_back(
            {.what = fmt::format("{} on {} goes over its memory limit", unit, node),
             .command = node_script(node, functions + std::string(over), {unit}),
             .relation = Evidence::Relation::changed,
             .within = 15s});
    }
    result.summary = bytes.empty() ? fmt::format("{} keeps {} % of its memory for {}", unit,
                                                 percent, format_duration(result.hold))
                                   : fmt::format("{} has {} bytes for {}", unit, bytes,
                                                 format_duration(result.hold));
    return result;
}

std::vector<std::string_view> needs(Options const& /*options*/) {
    return {"systemd", "memory_limit"};
}

std::string_view sweep() {
    static std::string const text = limit_sweep("MemoryHigh");
    return text;
}

std::string_view residue() {
    static std::string const text = limit_residue("MemoryHigh");
    return text;
}

RegisterFault const registered{{
    .name = "memory.pressure",
    .summary = "a service has less memory than it uses (MemoryHigh)",
    .options =
        {
            {.name = "target", .type = OptionType::role, .doc = "role or node", .required = true},
            limited_service_option(),
            {.name = "percent",
             .type = OptionType::integer,
             .fallback = "50",
             .doc = "what it keeps, in percent of what it uses when the fault begins",
             .at_least = 1,
             .at_most = 100},
            {.name = "limit",
             .type = OptionType::bytes,
             .doc = "what it keeps, in bytes, instead of a share"},
            {.name = "for", .type = OptionType::duration, .fallback = "60s", .doc = "how long"},
        },
    .plan = plan,
    .needs = needs,
    .sweep = sweep(),
    .residue = residue(),
}};

}  // namespace
}  // namespace interregnum
