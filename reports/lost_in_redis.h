// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/check.h"

namespace interregnum {

/// How a kind of row that is kept in Redis is told of.
struct RedisLoss {
    std::string_view kind;     ///< the ledger's: "carts"
    std::string_view rows;     ///< for people: "filled carts"
    std::string_view measure;  ///< that counts them: "carts.lost"
    std::string_view check;    ///< whose finding it is
};

/// Acknowledged rows of that kind that the Redis master does not have in the end, with what WAIT
/// had said of them. Told only, unless the measure is limited: Redis acknowledges before it
/// replicates.
[[nodiscard]] std::vector<Finding> lost_in_redis(record::Record const& record,
                                                 RedisLoss const& loss);

/// "12 had been confirmed by no replica, 2 by 1, of 3 it is not known"; empty where WAIT was asked
/// of none of them.
[[nodiscard]] std::string what_wait_had_said(std::vector<record::Attempt> const& attempts);

}  // namespace interregnum
