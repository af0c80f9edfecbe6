// SPDX-License-Identifier: MIT
#include "harness/lab/node_config/node_config.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/lab/inventory_file.h"

namespace interregnum::test {
namespace {

LabSecrets made_up_secrets() {
    LabSecrets secrets{.superuser = Secret("superpw"),
                       .replication = Secret("replpw"),
                       .rewind = Secret("rewindpw"),
                       .drill = Secret("drillpw"),
                       .redis = Secret("redispw"),
                       .admin_key = "ssh-ed25519 AAAA admin\n",
                       .host_keys = {},
                       .machine_ids = {}};
    for (LabNode const& node : lab_nodes()) {
        secrets.host_keys[std::string(node.name)] = {Secret("private"), "public\n"};
        secrets.machine_ids[std::string(node.name)] = std::string(32, 'a');
    }
    return secrets;
}

std::vector<ConfigFile> files_of(std::string_view node, std::vector<std::string> const& set = {}) {
    auto const settings = parse_lab_settings(set);
    LabSecrets const secrets = made_up_secrets();
    return node_config(
        {.node = *find_lab_node(node), .settings = settings.value(), .secrets = secrets});
}

std::string text_of(std::vector<ConfigFile> const& files, std::string_view path) {
    auto const found = std::ranges::find(files, path, &ConfigFile::path);
    return found == files.end() ? "" : found->text;
}

bool holds(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(NodeConfig, EveryNodeCarriesTheOptInMarkerOfThisCluster) {
    for (LabNode const& node : lab_nodes())
        EXPECT_EQ(text_of(files_of(node.name), "/etc/interregnum-allowed"), "lab\n");
}

TEST(NodeConfig, OnlyItsOwnServicesRunOnANode) {
    constexpr std::string_view wants = "/etc/systemd/system/multi-user.target.wants/";
    std::vector<std::string> db;
    for (ConfigFile const& file : files_of("db2"))
        if (file.path.starts_with(wants)) db.push_back(file.path.substr(wants.size()));
    EXPECT_EQ(db, (std::vector<std::string>{"ssh.service", "etcd.service", "patroni.service",
                                            "redis-server.service", "redis-sentinel.service"}));
    EXPECT_EQ(text_of(files_of("app1"), "/etc/patroni/config.yml"), "");
    EXPECT_NE(text_of(files_of("app1"), "/etc/haproxy/haproxy.cfg"), "");
}

TEST(NodeConfig, NobodyElseReadsASecret) {
    for (char const* node : {"db1", "app1"})
        for (ConfigFile const& file : files_of(node))
            for (char const* secret : {"superpw", "replpw", "rewindpw", "drillpw", "redispw"})
                EXPECT_TRUE(!holds(file.text, secret) || (file.mode & 07U) == 0U) << file.path;
}

TEST(NodeConfig, PatroniGetsItsSettings) {
    std::string const yaml =
        text_of(files_of("db2", {"patroni.ttl=25", "patroni.synchronous_mode=true",
                                 "postgresql.log_line_prefix=a\"b\\c"}),
                "/etc/patroni/config.yml");
    EXPECT_TRUE(holds(yaml, "name: db2\n"));
    EXPECT_TRUE(holds(yaml, "    ttl: 25\n"));
    EXPECT_TRUE(holds(yaml, "    synchronous_mode: true\n"));
    EXPECT_TRUE(holds(yaml, "    maximum_lag_on_failover: 1048576\n"));
    EXPECT_TRUE(holds(yaml, R"(        log_line_prefix: "a\"b\\c")"));
    EXPECT_TRUE(holds(yaml, "hosts: 10.99.0.11:2379,10.99.0.12:2379,10.99.0.13:2379\n"));
}

TEST(NodeConfig, RedisStartsWithOneMasterThatSentinelsWatch) {
    EXPECT_FALSE(holds(text_of(files_of("db1"), "/etc/redis/redis.conf"), "replicaof"));
    EXPECT_TRUE(
        holds(text_of(files_of("db3"), "/etc/redis/redis.conf"), "replicaof 10.99.0.11 6379\n"));
    std::string const sentinel =
        text_of(files_of("db3", {"redis.down_after=5s"}), "/etc/redis/sentinel.conf");
    EXPECT_TRUE(holds(sentinel, "sentinel monitor shop 10.99.0.11 6379 2\n"));
    EXPECT_TRUE(holds(sentinel, "sentinel down-after-milliseconds shop 5000\n"));
}

TEST(NodeConfig, HAProxyChecksAsPatronisSampleDoes) {
    std::string const cfg =
        text_of(files_of("app1", {"haproxy.fastinter=1s"}), "/etc/haproxy/haproxy.cfg");
    EXPECT_TRUE(holds(cfg, "option httpchk GET /primary\n"));
    EXPECT_TRUE(holds(cfg, "option httpchk GET /replica\n"));
    EXPECT_TRUE(holds(cfg, "tcp-check expect min-recv 32 string role:master\n"));
    EXPECT_TRUE(holds(cfg,
                      "default-server inter 3000ms fall 3 rise 2 fastinter 1000ms "
                      "on-marked-down shutdown-sessions\n"));
}

TEST(LabInventory, HoldsNoSecret) {
    std::string const text = lab_inventory_text();
    EXPECT_TRUE(holds(text, "\"file:/run/interregnum-lab/postgres.password\""));
    EXPECT_TRUE(holds(text, "\"power\": \"lab\""));
}

}  // namespace
}  // namespace interregnum::test
