// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.delay";

Result<FaultPlan> plan(FaultRequest const& request) {
    Duration const delay = request.options.duration("delay");
    Duration const jitter = request.options.duration("jitter");
    if (delay <= Duration{} || delay > std::chrono::minutes(1))
        return fail(Error::Kind::invalid, "\"delay\" must be more than 0s and at most 1m");
    if (jitter > delay)
        return fail(Error::Kind::invalid, R"("jitter" cannot be more than "delay")");
    Shaping shaping{.kind = kind,
                    .netem = {"delay", for_tc(delay)},
                    .what = "delayed by " + format_duration(delay)};
    if (jitter > Duration{}) shaping.netem.push_back(for_tc(jitter));
    return plan_shaping(request, shaping);
}

RegisterFault const registered{shaping_kind({
    .name = kind,
    .summary = "packets that leave a node arrive later",
    .options =
        {
            {.name = "delay",
             .type = OptionType::duration,
             .fallback = "100ms",
             .doc = "how much later each arrives; round trips grow by as much"},
            {.name = "jitter",
             .type = OptionType::duration,
             .fallback = "0s",
             .doc = "the delay varies by up to this, either way; large values also reorder"},
        },
    .plan = plan,
})};

}  // namespace
}  // namespace interregnum
