// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "harness/record/event.h"

namespace interregnum {

/// Two holders of locks whose fencing tokens are not in the order of their time.
struct BrokenFence {
    record::Attempt earlier;  ///< had ended before the later one began, or has the same token
    record::Attempt later;    ///< its token is not higher
};

/// Every attempt at a cart whose fencing token (`Attempt::id`) is another's too, or is not higher
/// than that of one that had ended before this one began; each shown with one that proves it. A
/// store that checks tokens would turn this customer away, or let an expired holder in (Kleppmann,
/// "How to do distributed locking", 2016). By `started`.
[[nodiscard]] std::vector<BrokenFence> broken_fences(record::Record const& record);

}  // namespace interregnum
