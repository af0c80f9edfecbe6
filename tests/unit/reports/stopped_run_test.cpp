// SPDX-License-Identifier: MIT
// A run that was stopped: what nobody did any more from then on is no silence of the cluster.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "reports/measures/split_brain.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Offset;

std::vector<Finding> cut_off(record::Record const& record) {
    return Registry<CheckKind>::find("controller_cut_off")->check(record);
}

/// From 50 s on nobody is answered; the run is stopped so long after that, and 25 s later, when
/// all is tidied up, a node is asked once more.
record::Record stopped_after(Offset silence) {
    record::Record record = test::killed_leader().build();
    Offset const stop = 50s + silence;
    std::erase_if(record.attempts, [&](auto const& one) { return one.started >= stop; });
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.started < 50s) continue;
        attempt.outcome = record::Outcome::failed;
        attempt.error = "connect_timeout";
        attempt.finished = std::min<Offset>(attempt.started + 1s, stop);
    }
    std::erase_if(record.members, [](auto const& seen) { return seen.at >= 50s; });
    std::erase_if(record.backends, [](auto const& seen) { return seen.at >= 50s; });
    std::erase_if(record.replication, [](auto const& seen) { return seen.at >= 50s; });
    std::erase_if(record.sentinel_messages, [](auto const& said) { return said.at >= 50s; });
    std::erase_if(record.nodes_seen, [](auto const& seen) { return seen.at >= 50s; });
    for (auto const& node : record.run.nodes) {
        if (node.name.starts_with("db"))
            record.members.push_back({.node = node.name, .asked = 50s, .at = 50100ms});
        else
            record.backends.push_back(
                {.app = node.name, .status = "", .asked = 50s, .at = 50100ms});
    }
    record.nodes_seen.push_back({.node = "db3", .reachable = true, .at = stop + 25s});
    return record;
}

TEST(StoppedRun, IsNoSilenceOfTheControllersNetwork) {
    EXPECT_EQ(cut_off(stopped_after(5s)).size(), 1U);
    EXPECT_TRUE(cut_off(stopped_after(600ms)).empty());
}

TEST(StoppedRun, SaysNothingOfNodesThatNobodyLookedAtAnyMore) {
    record::Record record;
    for (char const* node : {"db1", "db2"}) {
        Offset const since = node == std::string("db1") ? 1s : 30s;
        record.canaries.push_back({.node = node,
                                   .accepted = true,
                                   .timeline = 1,
                                   .previous = since - 100ms,
                                   .asked = since - 3ms,
                                   .at = since});
        record.observer_costs.push_back({.observer = "canary", .node = node, .at = 40s});
    }
    record.ended = record::RunEnded{.at = 70s};
    auto const cases = split_brains(record);
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_EQ(cases[0].from, Offset(30s));
    EXPECT_EQ(cases[0].to, Offset(39s)) << "the last look that was certainly made";
    EXPECT_EQ(cases[0].latest, Offset(70s));
}

}  // namespace
}  // namespace interregnum
