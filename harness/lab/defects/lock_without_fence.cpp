// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{
    {.name = "lock_without_fence",
     .summary = "holders of a lock number themselves: no counter that only grows tells them apart",
     .customer = "carts",
     .bug = "own_numbers"}};

}  // namespace
}  // namespace interregnum
