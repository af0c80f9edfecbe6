// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "harness/fitness/item.h"

namespace interregnum {
namespace {

constexpr std::int64_t mebibyte = 1 << 20;

void judge(ClusterFacts const& facts, ItemResult& result) {
    if (!result.needs(facts, "config")) return;
    std::int64_t const limit =
        facts.whole.number("config.maximum_lag_on_failover").value_or(mebibyte);
    constexpr std::int64_t very_much = 1024 * mebibyte;
    if (limit > very_much)
        result.warn(fmt::format("maximum_lag_on_failover is {} MiB", limit / mebibyte),
                    "a replica that lacks that much may be promoted: what it lacks is lost",
                    "patronictl edit-config: maximum_lag_on_failover, in bytes, that you can lose");
    FitnessNode const* leader = facts.leader_node();
    if (leader == nullptr) {
        result.unknown("archive_mode: no leader");
        return;
    }
    if (!result.needs(*leader, "setting")) return;
    // A switch of the segment moves the position by up to one segment: Patroni's issue 1854.
    std::int64_t const segment =
        leader->facts.number("setting.wal_segment_size").value_or(16 * mebibyte);
    auto const archive = leader->facts.find("setting.archive_mode").value_or("off");
    if (archive != "off" && limit < segment)
        result.warn(fmt::format("maximum_lag_on_failover ({} bytes) is less than a WAL segment "
                                "({} bytes), with archive_mode {}",
                                limit, segment, archive),
                    "the switch to a new segment can make every replica lag too far to be "
                    "promoted (seen in old versions of Patroni)",
                    fmt::format("patronictl edit-config: maximum_lag_on_failover: {}", segment));
}

RegisterFitnessItem const registered{{.name = "patroni.maximum_lag",
                                      .summary = "how far behind a new leader may be",
                                      .judge = judge}};

}  // namespace
}  // namespace interregnum
