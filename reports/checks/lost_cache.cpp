// SPDX-License-Identifier: MIT
#include "reports/lost_in_redis.h"

namespace interregnum {
namespace {

std::vector<Finding> check(record::Record const& record) {
    return lost_in_redis(record, {.kind = "cache",
                                  .rows = "acknowledged cache writes",
                                  .measure = "cache.lost",
                                  .check = "lost_cache"});
}

RegisterCheck const registered{
    {.name = "lost_cache",
     .summary =
         "acknowledged cache writes are still in Redis (told only, unless cache.lost is limited)",
     .check = check}};

}  // namespace
}  // namespace interregnum
