// SPDX-License-Identifier: MIT
#include "harness/lab/defect.h"

namespace interregnum {
namespace {

RegisterDefect const registered{
    {.name = "lost_update",
     .summary = "vouchers' uses are read, counted up by the shop and written, at READ COMMITTED",
     .customer = "vouchers",
     .bug = "read_modify_write"}};

}  // namespace
}  // namespace interregnum
