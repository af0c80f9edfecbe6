// SPDX-License-Identifier: MIT
// The shapes of a partition, each laid over all five nodes for some seconds: who reaches whom is
// dialled from the nodes themselves, and what it must be is said of the graph, not of the plan.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/cluster/support/lab_faults.h"
#include "tests/cluster/support/network_view.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

/// Whom each node reaches.
using Graph = std::map<std::string, std::set<std::string>>;

std::string shown(Graph const& graph) {
    std::string text;
    for (auto const& [node, others] : graph)
        text += fmt::format("{} reaches {}\n", node, fmt::join(others, " "));
    return text;
}

bool goes_both_ways(Graph const& graph) {
    return std::ranges::all_of(graph, [&](auto const& entry) {
        return std::ranges::all_of(entry.second, [&](std::string const& other) {
            return graph.at(other).contains(entry.first);
        });
    });
}

/// Groups whose nodes all reach each other and nobody else, by size; empty when it is not so.
std::multiset<std::size_t> groups(Graph const& graph) {
    std::set<std::set<std::string>> found;
    for (auto const& [node, others] : graph) {
        std::set<std::string> group = others;
        group.insert(node);
        for (std::string const& other : others) {
            std::set<std::string> theirs = graph.at(other);
            theirs.insert(other);
            if (theirs != group) return {};
        }
        found.insert(std::move(group));
    }
    std::multiset<std::size_t> sizes;
    for (auto const& group : found) sizes.insert(group.size());
    return sizes;
}

class Shapes : public LabBench {
protected:
    /// Injects the shape, dials, undoes, and wants everybody to reach everybody again.
    Graph seen_under(std::string const& shape) {
        FaultTrial trial(bench(), fmt::format(R"({{"fault": "network.partition", "shape": "{}",
            "among": ["all_db", "all_app"], "for": "20s"}})",
                                              shape));
        if (!trial.inject()) {
            ADD_FAILURE() << trial.why();
            return {};
        }
        std::map<std::string, std::string> addresses;
        for (std::string const& node : trial.targets()) addresses[node] = address(node);
        EXPECT_EQ(addresses.size(), 5U);
        Graph const seen = who_reaches_whom(addresses);
        EXPECT_TRUE(goes_both_ways(seen)) << shape << ":\n" << shown(seen);
        EXPECT_TRUE(trial.undo()) << trial.why();
        auto const all_again = [&] { return groups(who_reaches_whom(addresses)).contains(5); };
        EXPECT_TRUE(poll(all_again, 10s)) << shape << " outlives its undo";
        EXPECT_EQ(trial.unclean(), std::vector<std::string>{}) << shape;
        return seen;
    }
};

TEST_F(Shapes, HalvesAreTwoGroups) {
    Graph const seen = seen_under("halves");
    EXPECT_EQ(groups(seen), (std::multiset<std::size_t>{2, 3})) << shown(seen);
}

TEST_F(Shapes, TheLeaderIsWithTheMajorityOrTheMinority) {
    expect_redundant();
    std::string const first = leader();
    Graph const with_most = seen_under("majority");
    EXPECT_EQ(groups(with_most), (std::multiset<std::size_t>{2, 3})) << shown(with_most);
    EXPECT_EQ(with_most.at(first).size(), 2U) << first << "\n" << shown(with_most);
    expect_redundant();
    ASSERT_EQ(leader(), first) << "some seconds are no reason to fail over";
    Graph const with_few = seen_under("minority");
    EXPECT_EQ(groups(with_few), (std::multiset<std::size_t>{2, 3})) << shown(with_few);
    EXPECT_EQ(with_few.at(first).size(), 1U) << first << "\n" << shown(with_few);
    expect_redundant();
}

TEST_F(Shapes, OverABridgeOneNodeReachesBothHalves) {
    Graph seen = seen_under("bridge");
    auto const middle =
        std::ranges::find_if(seen, [](auto const& entry) { return entry.second.size() == 4; });
    ASSERT_NE(middle, seen.end()) << shown(seen);
    std::string const name = middle->first;
    seen.erase(middle);
    for (auto& [node, others] : seen) EXPECT_EQ(others.erase(name), 1U) << node;
    EXPECT_EQ(groups(seen), (std::multiset<std::size_t>{2, 2})) << shown(seen);
}

TEST_F(Shapes, InARingEachNodeReachesItsTwoNeighbours) {
    Graph const seen = seen_under("majorities-ring");
    EXPECT_EQ(seen.size(), 5U);
    for (auto const& [node, others] : seen)
        EXPECT_EQ(others.size(), 2U) << node << "\n" << shown(seen);
}

}  // namespace
}  // namespace interregnum::test
