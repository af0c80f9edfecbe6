// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.reorder";

Result<FaultPlan> plan(FaultRequest const& request) {
    std::string const percent = fmt::format("{}%", request.options.integer("percent"));
    Duration const delay = request.options.duration("delay");
    if (delay <= Duration{} || delay > std::chrono::minutes(1))
        return fail(Error::Kind::invalid, "\"delay\" must be more than 0s and at most 1m");
    return plan_shaping(request, {.kind = kind,
                                  .netem = {"delay", for_tc(delay), "reorder", percent},
                                  .what = "reordered, " + percent});
}

RegisterFault const registered{shaping_kind({
    .name = kind,
    .summary = "some packets that leave a node overtake others",
    .options =
        {
            share_option("25", "how many are sent at once, before those that wait, in percent"),
            {.name = "delay",
             .type = OptionType::duration,
             .fallback = "100ms",
             .doc = "how long the others wait"},
        },
    .plan = plan,
})};

}  // namespace
}  // namespace interregnum
