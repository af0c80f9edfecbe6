// SPDX-License-Identifier: MIT
#include "probes/shop/locks.h"

#include <algorithm>

#include <fmt/format.h>

namespace interregnum::shop {

std::string lock_list(std::vector<std::int64_t> keys) {
    std::ranges::sort(keys);
    auto const repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
    return fmt::format("{{{}}}", fmt::join(keys, ","));
}

}  // namespace interregnum::shop
