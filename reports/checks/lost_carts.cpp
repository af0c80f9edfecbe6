// SPDX-License-Identifier: MIT
#include "reports/lost_in_redis.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    return lost_in_redis(
        record,
        {.kind = "carts", .rows = "filled carts", .measure = "carts.lost", .check = "lost_carts"});
}

RegisterCheck const registered{
    {.name = "lost_carts",
     .summary = "filled carts are still in Redis (told only, unless carts.lost is limited)",
     .check = check}};

}  // namespace
}  // namespace interregnum
