// SPDX-License-Identifier: MIT
#include "harness/record/spot_facts.h"

#include <algorithm>

namespace interregnum::record {

Fact to_fact(SpotNotice const& notice) {
    return {.name = std::string(spot_notice_fact),
            .value = notice.node + " " + notice.action + " " + notice.time,
            .at = notice.at};
}

std::vector<SpotNotice> spot_notices(std::vector<Fact> const& facts) {
    std::vector<SpotNotice> notices;
    for (Fact const& fact : facts) {
        if (fact.name != spot_notice_fact) continue;
        std::size_t const first = fact.value.find(' ');
        std::size_t const second = fact.value.find(' ', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        notices.push_back({.node = fact.value.substr(0, first),
                           .action = fact.value.substr(first + 1, second - first - 1),
                           .time = fact.value.substr(second + 1),
                           .at = fact.at});
    }
    return notices;
}

bool spot_watched(std::vector<Fact> const& facts) {
    return std::ranges::find(facts, spot_watched_fact, &Fact::name) != facts.end();
}

}  // namespace interregnum::record
