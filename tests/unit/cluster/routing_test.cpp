// SPDX-License-Identifier: MIT
// Where HAProxys send customers: to the leader and to Redis' master alone.
#include "harness/cluster/routing.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/cluster/inventory.h"
#include "harness/cluster/look.h"

namespace interregnum {
namespace {

using Sentences = std::vector<std::string>;

NodeView database(std::string name, std::string address, std::string role) {
    NodeView node{.name = std::move(name), .address = std::move(address), .group = "db"};
    node.patroni_answers = true;
    node.role = std::move(role);
    node.sentinel_answers = true;
    node.sentinel_master = "db2";
    return node;
}

NodeView balancer(std::string name, std::string address) {
    NodeView node{.name = std::move(name), .address = std::move(address), .group = "app"};
    node.haproxy_answers = true;
    return node;
}

/// The servers of a backend on app1; the lab's kind of page, which keeps addresses to itself.
void add(ClusterView& view, std::string const& backend, std::vector<std::string> const& statuses,
         std::string const& app = "app1") {
    for (std::size_t index = 0; index < statuses.size(); ++index)
        view.backends.push_back({.app = app,
                                 .backend = backend,
                                 .server = "db" + std::to_string(index + 1),
                                 .status = statuses[index]});
}

/// Two HAProxys before three database nodes: db1 leads, db2 is the Redis master.
ClusterView cluster() {
    ClusterView view;
    view.redis_expected = true;
    view.nodes = {database("db1", "10.0.0.1", "leader"), database("db2", "10.0.0.2", "replica"),
                  database("db3", "10.0.0.3", "replica"), balancer("app1", "10.0.1.1"),
                  balancer("app2", "10.0.1.2")};
    using Kind = EntryView::Kind;
    for (std::string const app : {"10.0.1.1", "10.0.1.2"}) {
        view.entries.push_back({.kind = Kind::write, .host = app, .port = 5000});
        view.entries.push_back({.kind = Kind::read, .host = app, .port = 5001});
        view.entries.push_back({.kind = Kind::cache, .host = app, .port = 6379});
    }
    return view;
}

/// The same, with pages on which all is well on both.
ClusterView healthy() {
    ClusterView view = cluster();
    for (std::string const app : {"app1", "app2"}) {
        add(view, "postgres_write", {"UP", "DOWN", "DOWN"}, app);
        add(view, "postgres_read", {"DOWN", "UP", "UP"}, app);
        add(view, "redis_master", {"DOWN", "UP", "DOWN"}, app);
    }
    return view;
}

BackendView& server(ClusterView& view, std::string_view app, std::string_view backend,
                    std::string_view name) {
    for (BackendView& one : view.backends)
        if (one.app == app && one.backend == backend && one.server == name) return one;
    ADD_FAILURE() << app << " " << backend << " " << name;
    return view.backends.front();
}

/// As HAProxys are told to show addresses.
void show_addresses(ClusterView& view, std::string const& backend, std::string const& port) {
    for (BackendView& one : view.backends)
        if (one.backend == backend) one.address = "10.0.0." + one.server.substr(2) + ":" + port;
}

TEST(Routing, OneMasterBehindEachHaproxyIsRight) { EXPECT_EQ(misrouted(healthy()), Sentences{}); }

TEST(Routing, TwoRedisMastersBehindBothHaproxysAreNoOpinionToShare) {
    ClusterView view = healthy();
    // The old master has come back as a replica; the check that sees it waits for its answer.
    for (std::string_view const app : {"app1", "app2"})
        server(view, app, "redis_master", "db1").status = "UP 1/3";
    EXPECT_EQ(misrouted(view),
              (Sentences{"HAProxy on app1 sends redis_master to db1, db2 (expected the Redis "
                         "master db2 alone)",
                         "HAProxy on app2 sends redis_master to db1, db2 (expected the Redis "
                         "master db2 alone)"}));
    auto const reasons = not_redundant_because(view, 1024);
    for (std::string const& sentence : misrouted(view))
        EXPECT_EQ(std::ranges::count(reasons, sentence), 1) << sentence;
}

TEST(Routing, WritesGoToTheLeaderAlone) {
    ClusterView view = healthy();
    server(view, "app2", "postgres_write", "db3").status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app2 sends postgres_write to db1, db3 "
                                         "(expected the leader db1 alone)"});
    view = healthy();
    server(view, "app2", "postgres_write", "db1").status = "DOWN 1/2";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app2 sends postgres_write to nobody "
                                         "(expected the leader db1 alone)"});
    server(view, "app2", "postgres_write", "db2").status = "no check";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app2 sends postgres_write to db2 (expected "
                                         "the leader db1 alone)"});
}

TEST(Routing, AReadBackendThatHasComeDownToTheLeaderIsNoneForWrites) {
    ClusterView view = healthy();
    server(view, "app1", "postgres_write", "db1").status = "DOWN";
    server(view, "app1", "postgres_write", "db2").status = "UP";
    for (std::string_view const name : {"db1", "db2", "db3"})
        server(view, "app1", "postgres_read", name).status = name == "db1" ? "UP" : "DOWN";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends postgres_write to db2 (expected "
                                         "the leader db1 alone)"});
}

TEST(Routing, ServersThatAreOutGetNobody) {
    ClusterView view = healthy();
    server(view, "app1", "redis_master", "db1").status = "DRAIN";
    server(view, "app1", "redis_master", "db3").status = "MAINT";
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "redis_master", "db2").status = "MAINT (via redis/db2)";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends redis_master to nobody (expected "
                                         "the Redis master db2 alone)"});
}

TEST(Routing, ABackupCountsWhenNobodyElseIsUp) {
    ClusterView view = healthy();
    server(view, "app1", "redis_master", "db3").status = "UP";
    server(view, "app1", "redis_master", "db3").backup = true;
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "redis_master", "db2").status = "DOWN";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends redis_master to db3 (expected the "
                                         "Redis master db2 alone)"});
}

TEST(Routing, WithoutARedisSectionNothingIsWantedOfIt) {
    ClusterView view = cluster();
    add(view, "batman", {"UP", "DOWN", "DOWN"});
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "batman", "db2").status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends batman to db1, db2 (expected the "
                                         "leader db1 alone)"});
}

TEST(Routing, WithoutAPageNothingIsKnown) {
    ClusterView view = cluster();
    EXPECT_EQ(misrouted(view), Sentences{}) << "pages without a server";
    add(view, "redis_master", {"UP", "UP", "UP"});
    view.nodes[3].haproxy_answers = false;
    EXPECT_EQ(misrouted(view), Sentences{});
}

TEST(Routing, WhatIsDialledDirectlyIsNotHaproxys) {
    ClusterView view = healthy();
    server(view, "app1", "redis_master", "db1").status = "UP";
    server(view, "app1", "postgres_write", "db2").status = "UP";
    for (EntryView& entry : view.entries) entry.host = "10.0.0.1";
    EXPECT_EQ(misrouted(view), Sentences{});
    view.entries.clear();
    EXPECT_EQ(misrouted(view), Sentences{});
}

TEST(Routing, AnAddressOfNoNodeMayBeAnyHaproxys) {
    ClusterView view = healthy();
    for (EntryView& entry : view.entries) entry.host = "10.0.1.100";
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app2", "redis_master", "db1").status = "UP";
    EXPECT_EQ(misrouted(view).size(), 1U);
}

TEST(Routing, AddressesTellWhatIsBehindABackend) {
    ClusterView view = cluster();
    add(view, "in_and_out", {"UP", "UP", "DOWN"});
    add(view, "sessions", {"UP", "UP", "DOWN"});
    add(view, "redis_not", {"UP", "UP", "UP"});
    show_addresses(view, "in_and_out", "5432");
    show_addresses(view, "sessions", "6379");
    show_addresses(view, "redis_not", "8008");
    EXPECT_EQ(misrouted(view),
              (Sentences{"HAProxy on app1 sends in_and_out to db1, db2 (expected the leader db1 "
                         "alone)",
                         "HAProxy on app1 sends sessions to db1, db2 (expected the Redis master "
                         "db2 alone)"}));
    server(view, "app1", "in_and_out", "db2").status = "DOWN";
    server(view, "app1", "sessions", "db1").status = "DOWN";
    EXPECT_EQ(misrouted(view), Sentences{});
}

TEST(Routing, ServersAreNodesByAddressWhateverTheirNames) {
    ClusterView view = cluster();
    view.backends = {{.app = "app1",
                      .backend = "a",
                      .server = "first",
                      .status = "UP",
                      .address = "10.0.0.2:6379"},
                     {.app = "app1",
                      .backend = "a",
                      .server = "db2",
                      .status = "DOWN",
                      .address = "10.0.0.1:6379"}};
    EXPECT_EQ(misrouted(view), Sentences{});
    view.backends[1].status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends a to first (db2), db2 (db1) "
                                         "(expected the Redis master db2 alone)"});
    view.backends[1].server = "spare";
    view.backends[1].address = "10.9.9.9:6379";
    EXPECT_EQ(misrouted(view),
              Sentences{"HAProxy on app1 sends a to first (db2), spare (no node of the inventory) "
                        "(expected the Redis master db2 alone)"});
}

TEST(Routing, ServersAreNodesByEveryAddressThatTheseAreKnownBy) {
    ClusterView view = cluster();
    view.nodes[0].address = "db1.example";
    view.nodes[0].addresses = {"10.0.0.1"};
    view.nodes[1].address = "db2.example";
    view.nodes[1].addresses = {"10.0.0.2", "172.31.0.2"};
    view.nodes[3].address = "app1.example";
    view.nodes[3].addresses = {"10.0.1.1"};
    view.backends = {{.app = "app1",
                      .backend = "a",
                      .server = "first",
                      .status = "UP",
                      .address = "172.31.0.2:6379"}};
    EXPECT_EQ(misrouted(view), Sentences{});
    view.backends[0].address = "10.0.0.1:6379";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends a to first (db1) (expected the "
                                         "Redis master db2 alone)"});
}

TEST(Routing, ServersAreNodesByNamesThatHoldNameOrAddress) {
    ClusterView view = cluster();
    view.nodes.push_back(database("db10", "10.0.0.10", "replica"));
    auto const add_server = [&view](std::string name, std::string status) {
        view.backends.push_back({.app = "app1",
                                 .backend = "main",
                                 .server = std::move(name),
                                 .status = std::move(status)});
    };
    add_server("postgresql_10.0.0.1_5432", "UP");
    add_server("postgresql_10.0.0.10_5432", "DOWN");
    EXPECT_EQ(misrouted(view), Sentences{});
    add_server("PG-DB10-5432", "UP");
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends main to postgresql_10.0.0.1_5432 "
                                         "(db1), PG-DB10-5432 (expected the leader db1 alone)"});
}

TEST(Routing, OtherBackendsOfTheSameServiceMayBe) {
    ClusterView view = healthy();
    add(view, "redis_any", {"UP", "UP", "UP"});
    add(view, "redis_replicas", {"UP", "DOWN", "UP"});
    add(view, "postgres_reports", {"DOWN", "DOWN", "UP"});
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "redis_master", "db3").status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends redis_any to db1, db2, db3; "
                                         "redis_master to db2, db3 (expected one of them to go to "
                                         "the Redis master db2 alone)"});
}

TEST(Routing, AnEntryPointsPortTellsTheBackendThatIsDialled) {
    ClusterView view = cluster();
    add(view, "x", {"UP", "UP", "DOWN"});
    add(view, "y", {"UP", "DOWN", "DOWN"});
    for (BackendView& one : view.backends)
        one.ports = {static_cast<std::uint16_t>(one.backend == "x" ? 5000 : 5001)};
    EXPECT_EQ(misrouted(view),
              Sentences{"HAProxy on app1 sends x to db1, db2 (expected the leader db1 alone)"});
    server(view, "app1", "x", "db2").status = "DOWN";
    server(view, "app1", "y", "db2").status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{}) << "y is for reads";
    // Two that customers write through have to be right, both.
    view.entries.push_back({.host = "10.0.1.1", .port = 5001});
    EXPECT_EQ(misrouted(view),
              Sentences{"HAProxy on app1 sends y to db1, db2 (expected the leader db1 alone)"});
}

TEST(Routing, BehindAnAddressOfNoNodeOnlyANameTells) {
    // Writes go to an address that follows the leader, and HAProxy has other things to serve.
    ClusterView view = cluster();
    for (EntryView& entry : view.entries)
        if (entry.kind != EntryView::Kind::cache) entry.host = "10.0.0.100";
    add(view, "sessions", {"DOWN", "UP", "DOWN"});
    add(view, "patrol", {"UP", "UP", "UP"});
    EXPECT_EQ(misrouted(view), Sentences{});
    add(view, "primary", {"UP", "UP", "DOWN"});
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends primary to db1, db2 (expected the "
                                         "leader db1 alone)"});
}

TEST(Routing, WritesMayGoThroughAPooler) {
    ClusterView view = cluster();
    add(view, "bouncer", {"UP", "DOWN", "DOWN"});
    add(view, "pg_any", {"UP", "UP", "UP"});
    show_addresses(view, "bouncer", "6432");
    show_addresses(view, "pg_any", "5432");
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "bouncer", "db2").status = "UP";
    EXPECT_EQ(misrouted(view).size(), 1U);
}

TEST(Routing, OnePortAtTwoAddressesDoesNotTellWhichIsDialled) {
    ClusterView view = cluster();
    for (EntryView& entry : view.entries) {
        entry.host = entry.kind == EntryView::Kind::read ? "10.0.1.101" : "10.0.1.100";
        entry.port = 5432;
    }
    add(view, "pg_write", {"UP", "DOWN", "DOWN"});
    add(view, "pg_read", {"DOWN", "UP", "UP"});
    for (BackendView& one : view.backends) one.ports = {5432};
    std::erase_if(view.entries,
                  [](EntryView const& entry) { return entry.kind == EntryView::Kind::cache; });
    EXPECT_EQ(misrouted(view), Sentences{});
    server(view, "app1", "pg_write", "db2").status = "UP";
    EXPECT_EQ(misrouted(view), Sentences{"HAProxy on app1 sends pg_write to db1, db2 (expected the "
                                         "leader db1 alone)"});
}

TEST(Routing, SentinelsBehindHaproxyAreNoRedis) {
    ClusterView view = cluster();
    add(view, "sessions", {"DOWN", "UP", "DOWN"});
    add(view, "redis_sentinel", {"UP", "UP", "UP"});
    add(view, "redis_exporter", {"UP", "UP", "UP"});
    add(view, "postgres_write", {"UP", "DOWN", "DOWN"});
    EXPECT_EQ(misrouted(view), Sentences{});
}

TEST(Routing, WhoLeadsHasToBeKnown) {
    ClusterView view = healthy();
    server(view, "app1", "redis_master", "db1").status = "UP";
    server(view, "app1", "postgres_write", "db2").status = "UP";
    view.nodes[1].role = "leader";          // two of them
    view.nodes[2].sentinel_master = "db3";  // the Sentinels disagree
    EXPECT_EQ(misrouted(view), Sentences{}) << "there are other reasons then";
    for (NodeView& node : view.nodes) node.sentinel_master = "10.9.9.9";
    EXPECT_EQ(misrouted(view), Sentences{});
    view = healthy();
    server(view, "app1", "redis_master", "db1").status = "UP";
    view.redis_expected = false;
    EXPECT_EQ(misrouted(view), Sentences{});
}

TEST(Routing, EntryPointsComeFromTheInventory) {
    Inventory inventory;
    inventory.write = {{.entry = "app1:5000", .host = "10.0.1.1", .port = 5000}};
    inventory.cache = {{.entry = "shop.test:6379", .host = "shop.test", .port = 6379}};
    ClusterView const view = look_at_cluster(inventory, {}, std::chrono::seconds(1), {});
    ASSERT_EQ(view.entries.size(), 2U);
    EXPECT_EQ(view.entries[0].kind, EntryView::Kind::write);
    EXPECT_EQ(view.entries[0].host, "10.0.1.1");
    EXPECT_EQ(view.entries[0].port, 5000);
    EXPECT_EQ(view.entries[1].kind, EntryView::Kind::cache);
    EXPECT_EQ(view.entries[1].host, "shop.test");
}

}  // namespace
}  // namespace interregnum
