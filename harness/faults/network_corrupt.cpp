// SPDX-License-Identifier: MIT
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.corrupt";

Result<FaultPlan> plan(FaultRequest const& request) {
    return plan_share(request, kind, "corrupt", "corrupted");
}

RegisterFault const registered{
    shaping_kind({.name = kind,
                  .summary = "some packets that leave a node arrive with a wrong bit",
                  .options = {share_option("5", "how many have one wrong bit, in percent")},
                  .plan = plan})};

}  // namespace
}  // namespace interregnum
