// SPDX-License-Identifier: MIT
#include "harness/engine/safety.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

ClusterView three_and_two() {
    ClusterView view;
    for (char const* name : {"db1", "db2", "db3"})
        view.nodes.push_back({.name = name, .address = "", .group = "db"});
    for (char const* name : {"app1", "app2"})
        view.nodes.push_back({.name = name, .address = "", .group = "app"});
    return view;
}

std::vector<std::string> said(std::vector<std::string> lost, std::vector<std::string> already = {},
                              Limits const& limits = {}) {
    FaultPlan plan;
    plan.nodes_lost = std::move(lost);
    return objections(plan, already, three_and_two(), limits);
}

TEST(Safety, OneMemberOfThreeMayBeLost) {
    EXPECT_TRUE(said({}).empty());
    EXPECT_TRUE(said({"db2"}).empty());
    EXPECT_TRUE(said({"db2", "app1"}).empty());
}

TEST(Safety, TheMajorityMayNot) {
    auto const reasons = said({"db1", "db2"});
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_TRUE(reasons[0].contains("1 of 3 etcd members")) << reasons[0];
    EXPECT_TRUE(reasons[0].contains("allow_quorum_loss")) << reasons[0];
}

TEST(Safety, FaultsInForceCountToo) {
    EXPECT_EQ(said({"db1"}, {"db3"}).size(), 1U);
    EXPECT_TRUE(said({"db1"}, {"db1"}).empty());  // the same one twice is one
    // What takes nobody away may be added at any time.
    EXPECT_TRUE(said({}, {"db1"}).empty());
}

TEST(Safety, OneApplicationNodeRemains) {
    EXPECT_TRUE(said({"app2"}).empty());
    EXPECT_EQ(said({"app1", "app2"}).size(), 1U);
}

TEST(Safety, EachReasonNamesTheNodesOfItsOwnGroup) {
    auto const members = said({"app1", "db1", "db2"});
    ASSERT_EQ(members.size(), 1U);
    EXPECT_TRUE(members[0].contains("without db1, db2 only 1 of 3")) << members[0];
    auto const apps = said({"app1", "db1"}, {"app2"});
    ASSERT_EQ(apps.size(), 1U);
    EXPECT_TRUE(apps[0].contains("without app1, app2 no application node")) << apps[0];
    EXPECT_FALSE(apps[0].contains("etcd")) << apps[0];
    EXPECT_EQ(said({"app1", "app2", "db1", "db2"}).size(), 2U);
}

TEST(Safety, WhoAsksForItGetsIt) {
    Limits const all{.allow_quorum_loss = true};
    EXPECT_TRUE(said({"db1", "db2", "db3", "app1", "app2"}, {}, all).empty());
}

TEST(Safety, NoFaultIsHeldForEver) {
    FaultPlan plan;
    plan.hold = 16min;
    auto const reasons = objections(plan, {}, three_and_two(), {});
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_TRUE(reasons[0].contains("longest_fault")) << reasons[0];
    plan.hold = 15min;
    EXPECT_TRUE(objections(plan, {}, three_and_two(), {}).empty());
}

}  // namespace
}  // namespace interregnum
