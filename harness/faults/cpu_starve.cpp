// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/unit_limits.h"

namespace interregnum {
namespace {

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
    std::string const percent = std::to_string(request.options.integer("percent"));
    return plan_limit(request,
                      {.set = starve,
                       .arguments = {percent},
                       .proof = throttled,
                       .proved = "the kernel lets {unit} on {node} wait for a processor",
                       .summary = fmt::format("{} gets {} % of one processor for {}",
                                              limited_unit(request.options), percent,
                                              format_duration(request.options.duration("for")))});
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"systemd", "cpu_quota"}; }

RegisterFault const registered{
    limit_kind({.name = "cpu.starve",
                .summary = "a service gets next to no processor time (CPUQuota)",
                .options = {{.name = "percent",
                             .type = OptionType::integer,
                             .fallback = "5",
                             .doc = "what it gets, in percent of one processor",
                             .at_least = 1,
                             .at_most = 10000}},
                .plan = plan,
                .needs = needs},
               "CPUQuota")};

}  // namespace
}  // namespace interregnum
