// SPDX-License-Identifier: MIT
// What the services of a node answer, parsed: real bodies, and hostile ones.
#include <gtest/gtest.h>

#include "harness/cluster/etcd.h"
#include "harness/cluster/haproxy.h"
#include "harness/cluster/patroni.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(Answers, PatroniStatusOfAnOldVersion) {
    auto const status = parse_patroni_status(
        R"({"state": "running", "role": "master", "timeline": 2, "pause": true,
            "patroni": {"version": "3.0.2", "scope": "shop", "name": "db1"}})");
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(status->role, "leader");
    EXPECT_EQ(status->member, "db1");
    EXPECT_EQ(status->timeline, 2);
    EXPECT_TRUE(status->paused);
    EXPECT_FALSE(status->unlocked);
}

TEST(Answers, PatroniClusterWithAnUnknownLag) {
    auto const cluster = parse_patroni_cluster(
        R"({"members": [{"name": "db1", "role": "leader", "state": "running", "timeline": 1,
                         "host": "10.0.0.1"},
                        {"name": "db2", "role": "sync_standby", "state": "streaming",
                         "timeline": 1, "lag": "unknown"},
                        {"name": "db3", "role": "replica", "state": "running", "timeline": 1,
                         "lag": 16}], "scope": "shop"})");
    ASSERT_TRUE(cluster) << cluster.error().message;
    ASSERT_EQ(cluster->members.size(), 3U);
    EXPECT_EQ(cluster->members[0].lag_bytes, -1);
    EXPECT_EQ(cluster->members[1].lag_bytes, -1);
    EXPECT_EQ(cluster->members[2].lag_bytes, 16);
    EXPECT_FALSE(cluster->paused);
}

TEST(Answers, PatroniConfigKeepsPatronisDefaults) {
    auto const given = parse_patroni_config(R"({"ttl": 20, "synchronous_mode": true,
        "synchronous_mode_strict": true, "failsafe_mode": true})");
    ASSERT_TRUE(given);
    EXPECT_EQ(given->ttl, 20s);
    EXPECT_EQ(given->loop_wait, 10s);
    EXPECT_TRUE(given->synchronous && given->strict && given->failsafe);
    EXPECT_EQ(parse_patroni_config(R"({"ttl": 99999999999})")->ttl, 30s);
    EXPECT_EQ(parse_patroni_config(R"({"ttl": "x"})")->ttl, 30s);
}

TEST(Answers, WhatIsNotPatronisIsRefused) {
    std::string const deep(5000, '[');
    for (std::string const& body : {std::string(), std::string("[]"), std::string("<html>"),
                                    std::string("{}"), std::string(R"({"state": 3})"),
                                    std::string("{\"state\": "), deep, std::string("\0\xff", 2)}) {
        EXPECT_FALSE(parse_patroni_status(body)) << body.substr(0, 40);
        EXPECT_FALSE(parse_patroni_cluster(body)) << body.substr(0, 40);
    }
    EXPECT_FALSE(parse_patroni_cluster(R"({"members": [{"role": "leader"}]})"));
    EXPECT_FALSE(parse_patroni_cluster(R"({"members": [3]})"));
}

TEST(Answers, HaproxyColumnsAreFoundByName) {
    auto const servers = parse_haproxy_stats(
        "# pxname,svname,scur,status,weight\n"
        "write,FRONTEND,1,OPEN,\n"
        "write,db1,0,UP,1\n"
        "write,\"db,2\",0,DOWN 1/2,1\n"
        "write,BACKEND,0,UP,1\n\n");
    ASSERT_TRUE(servers) << servers.error().message;
    ASSERT_EQ(servers->size(), 2U);
    EXPECT_EQ((*servers)[0].status, "UP");
    EXPECT_EQ((*servers)[1].server, "db,2");
    EXPECT_EQ((*servers)[1].status, "DOWN 1/2");
}

TEST(Answers, HaproxyTellsMoreWhereItMay) {
    auto const servers = parse_haproxy_stats(
        "# pxname,svname,status,bck,type,addr,\n"
        "write,FRONTEND,OPEN,,0,,\n"
        "write,sock-1,OPEN,,3,0.0.0.0:5000,\n"
        "write,sock-2,OPEN,,3,[::]:5000,\n"
        "write,sock-3,OPEN,,3,unix,\n"
        "write,sock-4,OPEN,,3,10.0.1.1:6000,\n"
        "write,db1,UP,0,2,[fd00::1]:5432,\n"
        "write,db2,UP,1,2,10.0.0.2:5432,\n"
        "write,BACKEND,UP,1,1,,\n"
        "read,db2,no check,0,2,,\n");
    ASSERT_TRUE(servers) << servers.error().message;
    ASSERT_EQ(servers->size(), 3U) << "sockets are no servers";
    EXPECT_EQ((*servers)[0].address, "[fd00::1]:5432");
    EXPECT_FALSE((*servers)[0].backup);
    EXPECT_TRUE((*servers)[1].backup);
    EXPECT_EQ((*servers)[1].ports, (std::vector<std::uint16_t>{5000, 6000}));
    EXPECT_EQ((*servers)[2].status, "no check");
    EXPECT_TRUE((*servers)[2].ports.empty());
}

TEST(Answers, HaproxysAddressesAreTakenApart) {
    auto const is = [](std::string_view text, std::string_view host, std::uint16_t port) {
        HaproxyAddress const parts = split_haproxy_address(text);
        EXPECT_EQ(parts.host, host) << text;
        EXPECT_EQ(parts.port, port) << text;
    };
    is("10.0.0.1:5432", "10.0.0.1", 5432);
    is("[fd00::1]:5432", "fd00::1", 5432);
    is("unix", "unix", 0);
    is("", "", 0);
    is("10.0.0.1:", "10.0.0.1:", 0);
    is("10.0.0.1:99999", "10.0.0.1:99999", 0);
    is("10.0.0.1:5432x", "10.0.0.1:5432x", 0);
}

TEST(Answers, WhatIsNotHaproxysIsRefused) {
    EXPECT_FALSE(parse_haproxy_stats(""));
    EXPECT_FALSE(parse_haproxy_stats("<html>"));
    EXPECT_FALSE(parse_haproxy_stats("# pxname,svname,scur\nwrite,db1,0\n"));
}

TEST(Answers, EtcdLeaderIsTheMemberThatNamesItself) {
    auto const leader = parse_etcd_status(
        R"({"header": {"member_id": "9372538179322589801"}, "leader": "9372538179322589801"})");
    ASSERT_TRUE(leader);
    EXPECT_TRUE(leader->leader);
    EXPECT_TRUE(leader->has_leader);
    auto const lost = parse_etcd_status(R"({"header": {"member_id": "1"}})");
    ASSERT_TRUE(lost);
    EXPECT_FALSE(lost->leader);
    EXPECT_FALSE(lost->has_leader);
    EXPECT_FALSE(parse_etcd_status("{}"));
    EXPECT_FALSE(parse_etcd_status("not json"));
}

}  // namespace
}  // namespace interregnum
