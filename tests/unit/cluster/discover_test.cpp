// SPDX-License-Identifier: MIT
// From what hosts answer to an inventory.
#include "harness/cluster/discover.h"

#include <gtest/gtest.h>

#include "harness/cluster/inventory.h"

namespace interregnum {
namespace {

HostAnswers member(std::string const& host, std::string const& name) {
    return {.host = host,
            .is_member = true,
            .member = name,
            .scope = "shop",
            .is_leader = name == "db1",
            .members = {{"db1", "10.0.0.1"}, {"db2", "10.0.0.2"}},
            .etcd = true,
            .masters = {{.name = "cart", .address = "10.0.0.1", .replicas = {"10.0.0.2"}}},
            .redis_login = true};
}

HostAnswers balancer(std::string const& host) {
    return {.host = host,
            .stats_port = 7000,
            .backends = {"postgres_write", "redis_master"},
            .open_ports = {5000, 5001, 6379}};
}

Inventory read_back(FoundCluster const& found, InventoryGuesses const& guesses = {}) {
    Mistakes mistakes;
    std::string const text = inventory_text(found, guesses);
    Inventory inventory = parse_inventory("/tmp/i.json", text, mistakes);
    EXPECT_TRUE(mistakes.empty()) << mistakes.text() << text;
    return inventory;
}

TEST(Discover, AWholeClusterBecomesAnInventory) {
    FoundCluster const found = put_together({member("10.0.0.1", "db1"), member("10.0.0.2", "db2"),
                                             balancer("10.0.0.3"), balancer("lb.example.com")});
    EXPECT_TRUE(found.remarks.empty()) << found.remarks.front();
    Inventory const inventory = read_back(found);
    EXPECT_EQ(inventory.cluster, "shop");
    ASSERT_EQ(inventory.nodes.size(), 4U);
    EXPECT_EQ(inventory.node("db2")->address, "10.0.0.2");
    EXPECT_EQ(inventory.node("app1")->address, "10.0.0.3");
    EXPECT_EQ(inventory.node("lb")->address, "lb.example.com");
    ASSERT_EQ(inventory.write.size(), 2U);
    EXPECT_EQ(inventory.write[0].entry, "app1:5000");
    EXPECT_EQ(inventory.read[0].port, 5001);
    EXPECT_EQ(inventory.cache[0].port, 6379);
    EXPECT_EQ(inventory.redis.master, "cart");
    EXPECT_EQ(inventory.redis.password.spec, "env:REDIS_PASSWORD");
    EXPECT_EQ(inventory.patroni_scope, "shop");
}

TEST(Discover, WithoutHaproxyTheLeaderIsDialledAndThatIsSaid) {
    FoundCluster const found = put_together({member("10.0.0.1", "db1")});
    Inventory const inventory = read_back(found);
    EXPECT_EQ(inventory.write.at(0).entry, "db1:5432");
    EXPECT_NE(inventory_text(found, {}).find("CHECK: no HAProxy was found"), std::string::npos);
}

TEST(Discover, WhatDoesNotAnswerIsLeftOutAndNamed) {
    FoundCluster const found = put_together({member("10.0.0.1", "db1"), {.host = "10.0.0.99"}});
    ASSERT_EQ(found.remarks.size(), 1U);
    EXPECT_NE(found.remarks[0].find("10.0.0.99 answers neither"), std::string::npos);
    EXPECT_NE(inventory_text(found, {}).find("// CHECK: 10.0.0.99"), std::string::npos);
}

TEST(Discover, HostileAnswersStayInComments) {
    HostAnswers hostile = member("10.0.0.1", "db1");
    hostile.scope = "x\", \"ssh\": {\"user\": \"root\"}\n}";
    hostile.members = {{"-oProxyCommand=touch x", "10.0.0.1"},
                       {"db2", "$(touch /tmp/x)"},
                       {"db3", std::string("10.0.0.3\0; touch x", 18)}};
    hostile.masters = {{.name = "a\n}//", .address = "b"}, {.name = "--help", .address = "c"}};
    HostAnswers app = balancer("10.0.0.3");
    app.backends = {"x\n\"power\": \"sysrq\"", "\x1b[2J"};
    FoundCluster const found = put_together({hostile, app});
    Inventory const inventory = read_back(found);
    EXPECT_EQ(inventory.cluster, "cluster");
    EXPECT_EQ(inventory.ssh.user, "admin");
    EXPECT_EQ(inventory.power.kind, PowerAccess::Kind::none);
    ASSERT_EQ(inventory.nodes.size(), 2U);
    EXPECT_EQ(inventory.nodes[0].name, "db1");
    EXPECT_EQ(inventory.redis.master, "");
    EXPECT_EQ(inventory_text(found, {}).find('\x1b'), std::string::npos);
}

TEST(Discover, GuessesAreTakenAsTheyAre) {
    FoundCluster const found = put_together({member("10.0.0.1", "db1")});
    Inventory const inventory = read_back(
        found,
        {.cluster = "lab", .ssh_user = "root", .ssh_key = "/k", .host_keys = "/h", .power = "lab"});
    EXPECT_EQ(inventory.cluster, "lab");
    EXPECT_FALSE(inventory.ssh.sudo);
    EXPECT_EQ(inventory.ssh.host_keys, "/h");
    EXPECT_EQ(inventory.power.kind, PowerAccess::Kind::lab);
}

TEST(Discover, AnAddressEndsWhereItEnds) {
    EXPECT_FALSE(is_host(std::string_view("10.0.0.1\0 rest", 14)));
    EXPECT_TRUE(is_host("10.0.0.1"));
}

}  // namespace
}  // namespace interregnum
