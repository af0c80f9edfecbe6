// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
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
    Options const& options = request.options;
    std::string const unit = limited_unit(options);
    std::string const percent = std::to_string(options.integer("percent"));
    std::string const span = format_duration(options.duration("for"));
    std::string const bytes =
        options.has("limit") ? std::to_string(options.bytes("limit")) : std::string();
    if (bytes == "0") return fail(Error::Kind::invalid, "\"limit\": expected more than no memory");
    return plan_limit(
        request,
        {.set = press,
         .arguments = {percent, bytes},
         .set_timeout = 30s,
         .proof = over,
         .proved = "{unit} on {node} goes over its memory limit",
         .summary = bytes.empty()
                        ? fmt::format("{} keeps {} % of its memory for {}", unit, percent, span)
                        : fmt::format("{} has {} bytes for {}", unit, bytes, span)});
}

std::vector<std::string_view> needs(Options const& /*options*/) {
    return {"systemd", "memory_limit"};
}

RegisterFault const registered{limit_kind(
    {.name = "memory.pressure",
     .summary = "a service has less memory than it uses (MemoryHigh)",
     .options = {{.name = "percent",
                  .type = OptionType::integer,
                  .fallback = "50",
                  .doc = "what it keeps, in percent of what it uses when the fault begins",
                  .at_least = 1,
                  .at_most = 100},
                 {.name = "limit",
                  .type = OptionType::bytes,
                  .doc = "what it keeps, in bytes, instead of a share"}},
     .plan = plan,
     .needs = needs},
    "MemoryHigh")};

}  // namespace
}  // namespace interregnum
