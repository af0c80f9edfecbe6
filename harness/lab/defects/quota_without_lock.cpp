// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{
    {.name = "quota_without_lock",
     .summary = "the shop counts what is free and sells it without locking the quota",
     .customer = "tickets",
     .bug = "no_lock"}};

}  // namespace
}  // namespace interregnum
