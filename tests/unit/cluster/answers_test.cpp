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
