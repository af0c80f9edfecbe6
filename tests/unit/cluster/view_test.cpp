// SPDX-License-Identifier: MIT
#include "harness/cluster/view.h"

#include <gtest/gtest.h>

#include "harness/cluster/look.h"

namespace interregnum {
namespace {

NodeView database(std::string name, std::string role) {
    NodeView node{.name = std::move(name), .group = "db", .patroni_answers = true};
    node.member = node.name;
    node.role = std::move(role);
    node.state = "running";
    node.timeline = 3;
    node.lag_bytes = 0;
    node.redis_answers = true;
    node.redis_role = node.role == "leader" ? "master" : "slave";
    node.redis_link = "connected";
    node.redis_replicas = node.role == "leader" ? 2 : 0;
    node.sentinel_answers = true;
    node.sentinel_master = "db2";
    node.etcd_healthy = true;
    return node;
}

ClusterView healthy() {
    ClusterView view;
    view.nodes = {database("db1", "replica"), database("db2", "leader"),
                  database("db3", "sync_standby")};
    view.nodes[0].etcd_leader = true;
    NodeView app{.name = "app1", .group = "app"};
    app.haproxy_answers = true;
    view.nodes.push_back(app);
    view.redis_expected = true;
    view.synchronous = true;
    return view;
}

TEST(View, RolesAreWhoHasThemNow) {
    ClusterView const view = healthy();
    EXPECT_EQ(resolve_role(view, "leader"), std::vector<std::string>{"db2"});
    EXPECT_EQ(resolve_role(view, "replica"), (std::vector<std::string>{"db1", "db3"}));
    EXPECT_EQ(resolve_role(view, "sync_standby"), std::vector<std::string>{"db3"});
    EXPECT_EQ(resolve_role(view, "redis_master"), std::vector<std::string>{"db2"});
    EXPECT_EQ(resolve_role(view, "redis_replica"), (std::vector<std::string>{"db1", "db3"}));
    EXPECT_EQ(resolve_role(view, "dcs_leader"), std::vector<std::string>{"db1"});
    EXPECT_EQ(resolve_role(view, "haproxy"), std::vector<std::string>{"app1"});
    EXPECT_EQ(resolve_role(view, "all_db").size(), 3U);
    EXPECT_EQ(resolve_role(view, "app1"), std::vector<std::string>{"app1"});
    EXPECT_TRUE(resolve_role(view, "nobody").empty());
}

TEST(View, EveryRoleThatIsDocumentedCanBeResolved) {
    for (std::string const& role : role_names())
        EXPECT_FALSE(role == "all_app" ? resolve_role(healthy(), role).size() != 1
                                       : resolve_role(healthy(), role).empty())
            << role;
}

/// What a node says of itself, and what the table says of it.
NodeView merged(std::string own_role, std::string own_state, std::string row_role,
                std::string row_state) {
    NodeView node{.name = "db1", .group = "db", .patroni_answers = true};
    node.role = std::move(own_role);
    node.state = std::move(own_state);
    take_row(node, {.name = "db1",
                    .host = "10.0.0.1",
                    .role = std::move(row_role),
                    .state = std::move(row_state),
                    .timeline = 2,
                    .lag_bytes = 0});
    return node;
}

TEST(View, TheTableTellsWhoIsSynchronousAndStreaming) {
    NodeView const node = merged("replica", "running", "sync_standby", "streaming");
    EXPECT_EQ(node.role, "sync_standby");
    EXPECT_EQ(node.state, "streaming");
    EXPECT_EQ(merged("leader", "running", "leader", "running").role, "leader");
}

TEST(View, ATableOlderThanTheNodesRestartIsNotBelieved) {
    // The lock of a leader that lost its power and came back within the ttl still stands.
    NodeView const starting = merged("replica", "starting", "leader", "running");
    EXPECT_NE(starting.role, "leader");
    EXPECT_EQ(starting.state, "starting");
    EXPECT_NE(merged("replica", "running", "leader", "running").role, "leader");
    EXPECT_EQ(merged("leader", "starting", "leader", "running").state, "starting");
    EXPECT_EQ(merged("replica", "starting", "replica", "streaming").state, "starting");
}

TEST(View, APrimaryThatTheTableCallsReplicaIsNotHealthy) {
    NodeView const node = merged("leader", "running", "replica", "streaming");
    EXPECT_EQ(node.role, "replica");
    EXPECT_EQ(node.state, "primary without the leader lock");
}

TEST(View, HealthyIsRedundant) { EXPECT_TRUE(not_redundant_because(healthy(), 1024).empty()); }

/// Breaks the healthy view in one way and expects one reason with these words in it.
void expect_reason(void (*break_it)(ClusterView&), std::string_view words) {
    ClusterView view = healthy();
    break_it(view);
    auto const reasons = not_redundant_because(view, 1024);
    ASSERT_FALSE(reasons.empty()) << words;
    std::string all;
    for (std::string const& reason : reasons) all += reason + "\n";
    EXPECT_NE(all.find(words), std::string::npos) << all;
}

TEST(View, HaproxiesHaveToBeOfOneOpinion) {
    ClusterView view = healthy();
    view.backends = {{.app = "app1", .backend = "write", .server = "db1", .status = "DOWN"},
                     {.app = "app1", .backend = "write", .server = "db2", .status = "UP"},
                     {.app = "app1", .backend = "read", .server = "db1", .status = "UP"},
                     {.app = "app2", .backend = "write", .server = "db1", .status = "DOWN"},
                     {.app = "app2", .backend = "write", .server = "db2", .status = "MAINT"},
                     {.app = "app2", .backend = "other", .server = "db2", .status = "DOWN"}};
    EXPECT_TRUE(not_redundant_because(view, 1024).empty());
    // As app2 is when it has just started, and asked nobody yet.
    view.backends[3].status = "UP";
    EXPECT_EQ(not_redundant_because(view, 1024),
              std::vector<std::string>{"HAProxy on app2 has db1 of write up, on app1 down"});
}

TEST(View, EachLackIsNamed) {
    expect_reason([](ClusterView& view) { view.nodes[1].role = "replica"; }, "0 leaders");
    expect_reason([](ClusterView& view) { view.nodes[0].role = "leader"; }, "2 leaders");
    expect_reason([](ClusterView& view) { view.nodes[1].state = "starting"; }, "\"starting\"");
    expect_reason([](ClusterView& view) { view.nodes[0].patroni_answers = false; },
                  "Patroni on db1 does not answer");
    expect_reason([](ClusterView& view) { view.nodes[0].timeline = 2; }, "timeline 2");
    expect_reason([](ClusterView& view) { view.nodes[0].lag_bytes = 4096; }, "4096 bytes behind");
    expect_reason([](ClusterView& view) { view.nodes[0].lag_bytes = -1; }, "not known yet");
    expect_reason([](ClusterView& view) { view.nodes[2].role = "replica"; },
                  "no synchronous standby");
    expect_reason([](ClusterView& view) { view.nodes[0].redis_answers = false; }, "Redis on db1");
    expect_reason([](ClusterView& view) { view.nodes[0].redis_link = "connecting"; },
                  "not connected");
    expect_reason([](ClusterView& view) { view.nodes[0].redis_role = "master"; },
                  "two Redis masters");
    expect_reason([](ClusterView& view) { view.nodes[1].redis_replicas = 1; }, "1 of 2 replicas");
    expect_reason([](ClusterView& view) { view.nodes[2].sentinel_master = "db1"; }, "names db1");
    expect_reason([](ClusterView& view) { view.nodes[3].haproxy_answers = false; },
                  "HAProxy on app1");
    expect_reason([](ClusterView& view) { view.nodes[0].etcd_leader = false; }, "0 etcd leaders");
}

}  // namespace
}  // namespace interregnum
