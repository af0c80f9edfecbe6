// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.corrupt";

Result<FaultPlan> plan(FaultRequest const& request) {
    std::string const percent = fmt::format("{}%", request.options.integer("percent"));
    return plan_shaping(
        request, {.kind = kind, .netem = {"corrupt", percent}, .what = "corrupted, " + percent});
}

std::vector<std::string_view> needs(Options const& /*options*/) { return {"nft", "htb", "netem"}; }

std::string const sweep = shaping_sweep(kind);
std::string const residue = shaping_residue(kind, false);

RegisterFault const registered{{
    .name = kind,
    .summary = "some packets that leave a node arrive with a wrong bit",
    .options = shaping_options({
        {.name = "percent",
         .type = OptionType::integer,
         .fallback = "5",
         .doc = "how many have one wrong bit, in percent",
         .at_least = 1,
         .at_most = 100},
    }),
    .plan = plan,
    .needs = needs,
    .sweep = sweep,
    .residue = residue,
}};

}  // namespace
}  // namespace interregnum
