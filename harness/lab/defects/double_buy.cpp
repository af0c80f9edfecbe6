// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{
    {.name = "double_buy",
     .summary = "the shop repeats an order that was not answered; nothing tells it from another",
     .customer = "orders",
     .bug = "retry"}};

}  // namespace
}  // namespace interregnum
