// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/base/units.h"
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.rate";

Result<FaultPlan> plan(FaultRequest const& request) {
    std::uint64_t const rate = request.options.bytes("rate");
    if (rate < 1000 || rate > 1'000'000'000)
        return fail(Error::Kind::invalid, "\"rate\" must be from 1kB to 1GB a second");
    return plan_shaping(
        request,
        {.kind = kind, .bytes_per_s = rate, .what = fmt::format("limited to {} bytes/s", rate)});
}

RegisterFault const registered{shaping_kind(
    {
        .name = kind,
        .summary = "what a node sends is limited to a rate",
        .options =
            {
                {.name = "rate",
                 .type = OptionType::bytes,
                 .doc = R"(bytes a second that the target may send, such as "1MB" or "64KiB")",
                 .required = true},
            },
        .plan = plan,
    },
    /*only_rate=*/true)};

}  // namespace
}  // namespace interregnum
