// SPDX-License-Identifier: MIT
#include "harness/fault.h"
#include "harness/faults/support/shaping.h"

namespace interregnum {
namespace {

constexpr std::string_view kind = "network.duplicate";

Result<FaultPlan> plan(FaultRequest const& request) {
    return plan_share(request, kind, "duplicate", "duplicated");
}

RegisterFault const registered{
    shaping_kind({.name = kind,
                  .summary = "some packets that leave a node arrive twice",
                  .options = {share_option("5", "how many arrive twice, in percent")},
                  .plan = plan})};

}  // namespace
}  // namespace interregnum
