// SPDX-License-Identifier: MIT
#include "harness/cluster/inventory.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

constexpr std::string_view sample =
    R"({ "cluster": "nightly", "environment": "disposable", // tonight
  "ssh": { "user": "admin", "key": "~/.ssh/ci", "sudo": true, "host_keys": "hosts.keys" },
  "db":  { "db1": "10.0.1.11", "db2": "10.0.2.11", "db3": "10.0.3.11" },
  "app": { "app1": "10.0.1.21", "app2": "10.0.2.21" },
  "write": ["app1:5000", "app2:5000"], "read": ["app1:5001", "app2:5001"],
  "cache": ["app1:6379", "app2:6379", "[2001:db8::7]:6379", "lb.example.org:6379"],
  "postgres": { "user": "drill", "dbname": "shop", "sslmode": "require",
                "password": "env:PGPASSWORD" },
  "redis": { "master": "shop", "password": "file:secrets/redis", "tls": false },
  "patroni": { "scope": "shop", "tls": true, "cacert": "/etc/ca.pem", "port": 8009,
               "user": "u", "password": "env:PATRONI" },
  "haproxy": { "stats_port": 7001 },
  "power": "sysrq" })";

std::string mistakes_of(std::string_view text) {
    Mistakes mistakes;
    static_cast<void>(parse_inventory("i.json", text, mistakes));
    return mistakes.text();
}

/// A good inventory with one more line in it, which is line 2.
std::string with(std::string_view line) {
    return fmt::format(
        "{{ \"cluster\": \"c\", \"ssh\": {{ \"user\": \"a\" }}, \"db\": {{ \"db1\": \"10.0.0.1\" "
        "}}, \"write\": [\"db1:5432\"],\n{} }}",
        line);
}

TEST(Inventory, MayNameTheNodeThatCustomersDialThrough) {
    Mistakes mistakes;
    Inventory const got = parse_inventory("i.json", with(R"("via": "db1")"), mistakes);
    EXPECT_EQ(mistakes.text(), "");
    EXPECT_EQ(got.via, "db1");
    EXPECT_NE(mistakes_of(with(R"("via": "bd1")"))
                  .find("no node is named \"bd1\" (did you mean "
                        "\"db1\"?)"),
              std::string::npos)
        << mistakes_of(with(R"("via": "bd1")"));
}

TEST(Inventory, ReadsTheSampleOfTheDesign) {
    setenv("HOME", "/home/ci", 1);
    Mistakes mistakes;
    Inventory const got = parse_inventory("/etc/drill/i.json", sample, mistakes);
    ASSERT_EQ(mistakes.text(), "");
    EXPECT_EQ(got.cluster, "nightly");
    EXPECT_EQ(got.environment, "disposable");
    EXPECT_EQ(got.ssh.user, "admin");
    EXPECT_EQ(got.ssh.key, "/home/ci/.ssh/ci");
    EXPECT_TRUE(got.ssh.sudo);
    EXPECT_EQ(got.ssh.host_keys, "/etc/drill/hosts.keys");
    EXPECT_EQ(got.ssh.port, 22);
    ASSERT_EQ(got.nodes.size(), 5U);
    EXPECT_EQ(got.nodes[0].name, "db1");
    EXPECT_EQ(got.nodes[4].name, "app2");
    EXPECT_EQ(got.nodes[4].group, "app");
    ASSERT_NE(got.node("db2"), nullptr);
    EXPECT_EQ(got.node("db2")->address, "10.0.2.11");
    EXPECT_EQ(got.node("db9"), nullptr);
    ASSERT_EQ(got.write.size(), 2U);
    EXPECT_EQ(got.write[1].entry, "app2:5000");
    EXPECT_EQ(got.write[1].host, "10.0.2.21");
    EXPECT_EQ(got.write[1].port, 5000);
    ASSERT_EQ(got.cache.size(), 4U);
    EXPECT_EQ(got.cache[2].host, "2001:db8::7");
    EXPECT_EQ(got.cache[3].host, "lb.example.org");
    EXPECT_EQ(got.postgres.dbname, "shop");
    EXPECT_EQ(got.postgres.password.spec, "env:PGPASSWORD");
    EXPECT_EQ(got.redis.password.spec, "file:/etc/drill/secrets/redis");
    EXPECT_EQ(got.redis.master, "shop");
    EXPECT_EQ(got.patroni_scope, "shop");
    EXPECT_TRUE(got.patroni.tls);
    EXPECT_EQ(got.patroni.port, 8009);
    EXPECT_EQ(got.etcd.port, 2379);
    EXPECT_EQ(got.haproxy_stats_port, 7001);
    EXPECT_EQ(got.power.kind, PowerAccess::Kind::sysrq);
}

TEST(Inventory, SaysEveryKeyThatIsMissing) {
    EXPECT_EQ(mistakes_of("{}"),
              "i.json:1:1: missing key \"cluster\": the cluster's name, for messages, reports and "
              "locks\n"
              "i.json:1:1: missing key \"ssh\": how the nodes are reached\n"
              "i.json:1:1: missing key \"db\": the database nodes, as { \"db1\": \"10.0.1.11\" }\n"
              "i.json:1:1: missing key \"write\": where customers write, as [ \"app1:5000\" ]\n");
    EXPECT_EQ(mistakes_of("[]"), "i.json:1:1: expected an object in braces { }, got a list\n");
    EXPECT_EQ(mistakes_of(with(R"("read": [])")),
              "i.json:2:9: read: expected at least one entry point, such as \"app1:5000\"\n");
}

TEST(Inventory, OnlyOpensshCanDoWithoutAUser) {
    auto const mistakes_with = [](std::string_view ssh) {
        return mistakes_of(
            fmt::format("{{ \"cluster\": \"c\", \"db\": {{ \"db1\": \"10.0.0.1\" }}, "
                        "\"write\": [\"db1:5432\"],\n\"ssh\": {} }}",
                        ssh));
    };
    EXPECT_EQ(mistakes_with(R"({ "transport": "openssh" })"), "");
    EXPECT_EQ(mistakes_with("{}"), "i.json:2:8: ssh: missing key \"user\": login on every node\n");
    EXPECT_EQ(mistakes_with(R"({ "user": "a", "transport": "opensh" })"),
              "i.json:2:36: ssh.transport: expected one of \"libssh2\", \"openssh\", got "
              "\"opensh\" (did you mean \"openssh\"?)\n");
    EXPECT_EQ(mistakes_of(with(R"("$schema": "x")")), "");
}

TEST(Inventory, UnknownKeysGetTheNearestName) {
    EXPECT_EQ(mistakes_of(with(R"("postgress": {}, "redis": {"mastr": "x"}, "zzzzzz": 1)")),
              "i.json:2:1: postgress: unknown key (did you mean \"postgres\"?)\n"
              "i.json:2:28: redis.mastr: unknown key (did you mean \"master\"?)\n"
              "i.json:2:43: zzzzzz: unknown key (known here: $schema, app, cache, cluster, db, "
              "environment, etcd, haproxy, patroni, postgres, power, read, redis, spot, ssh, via, "
              "write)\n");
}

TEST(Inventory, ChecksEveryValue) {
    EXPECT_EQ(mistakes_of(with(R"("environment": "prod")")),
              "i.json:2:16: environment: expected one of \"disposable\", \"production\", got "
              "\"prod\"\n");
    EXPECT_EQ(mistakes_of(with(R"("etcd": {"port": 70000, "tls": "yes"})")),
              "i.json:2:18: etcd.port: expected a whole number from 1 to 65535, got 70000\n"
              "i.json:2:32: etcd.tls: expected true or false, got \"yes\"\n");
    EXPECT_EQ(mistakes_of(with(R"("postgres": {"user": "-oProxyCommand=x", "dbname": ""})")),
              "i.json:2:22: postgres.user: expected a name that has no control characters and does "
              "not begin with '-', got \"-oProxyCommand=x\"\n"
              "i.json:2:52: postgres.dbname: expected a text in double quotes, got \"\"\n");
    EXPECT_EQ(mistakes_of(with(R"("postgres": {"dbname": "host=evil"})")),
              "i.json:2:24: postgres.dbname: expected the name of a database, not a connection "
              "string\n");
    EXPECT_EQ(mistakes_of(with(R"("postgres": {"sslmode": "verify_full"})")),
              "i.json:2:25: postgres.sslmode: expected one of \"disable\", \"allow\", \"prefer\", "
              "\"require\", \"verify-ca\", \"verify-full\", got \"verify_full\" (did you mean "
              "\"verify-full\"?)\n");
    EXPECT_EQ(mistakes_of(with(R"("redis": {"user": "drill"})")),
              "i.json:2:19: redis.user: expected a password beside the ACL user\n");
    EXPECT_EQ(mistakes_of(with(R"("redis": [])")),
              "i.json:2:10: redis: expected an object in braces { }, got a list\n");
}

TEST(Inventory, TlsThatCannotBeIsSaidPlainly) {
    EXPECT_EQ(mistakes_of(with(R"("redis": {"tls": true})")),
              "i.json:2:18: redis.tls: Redis cannot be reached over TLS: the client library here "
              "(hiredis 0.14) has none. Give a port without TLS, or that of a local TLS tunnel\n");
    EXPECT_EQ(mistakes_of(with(R"("patroni": {"cert": "c.pem"})")),
              "i.json:2:21: patroni.cert: expected cert and key together, got only one of them\n"
              "i.json:2:21: patroni.cert: expected \"tls\": true beside certificates\n");
    EXPECT_EQ(mistakes_of(with(R"("etcd": {"user": "root"})")),
              "i.json:2:18: etcd.user: expected user and password together, got only one of "
              "them\n");
    EXPECT_EQ(
        mistakes_of(with(R"("postgres": {"sslcert": "c.pem"})")),
        "i.json:2:25: postgres.sslcert: expected sslcert and sslkey together, got only one of "
        "them\n");
}

TEST(Inventory, APasswordNeverStandsInTheFileNorInAMessage) {
    for (char const* value : {"\"hunter2\"", "7777777", "\"file:\"", "[\"hunter2\"]", "null"})
        EXPECT_EQ(mistakes_of(with(fmt::format("\"postgres\": {{\"password\": {}}}", value))),
                  "i.json:2:26: postgres.password: a password never stands in this file: expected "
                  "\"env:NAME\" or \"file:PATH\"\n");
    EXPECT_EQ(mistakes_of(with(R"("postgres": {"password": "env:hunter 2"})")),
              "i.json:2:26: postgres.password: expected a variable's name behind \"env:\", such as "
              "\"env:PGPASSWORD\"\n");
}

TEST(Inventory, ChecksNodes) {
    EXPECT_EQ(mistakes_of(R"({ "cluster": "c", "ssh": { "user": "a" }, "write": ["h.example:1"],
"db": { "DB1": "10.0.0.1", "-x": "10.0.0.2", "db3": "-oProxyCommand=x", "db4": 4,
        "db5": "10.0.0.256", "db6": "10.0.0.1", "db7": "a b", "db8": "::1" },
"app": { "db8": "10.0.0.8" } })"),
              "i.json:2:9: db.DB1: a node's name has lower-case letters, digits, '-' and '.', at "
              "most 63 of them, a letter or digit first\n"
              "i.json:2:28: db.-x: a node's name has lower-case letters, digits, '-' and '.', at "
              "most 63 of them, a letter or digit first\n"
              "i.json:2:53: db.db3: expected an IPv4 or IPv6 address or a host name, got "
              "\"-oProxyCommand=x\"\n"
              "i.json:2:80: db.db4: expected a text in double quotes, got 4\n"
              "i.json:3:16: db.db5: expected an IPv4 or IPv6 address or a host name, got "
              "\"10.0.0.256\"\n"
              "i.json:3:37: db.db6: DB1 has this address already\n"
              "i.json:3:56: db.db7: expected an IPv4 or IPv6 address or a host name, got \"a b\"\n"
              "i.json:4:10: app.db8: the name stands under \"db\" already; names are unique over "
              "both groups\n");
    EXPECT_EQ(mistakes_of(with(R"("app": {})")),
              "i.json:2:8: app: expected at least one node, as \"name\": \"address\"\n");
    EXPECT_EQ(mistakes_of(with(R"("app": ["10.0.0.7"])")),
              "i.json:2:8: app: expected an object in braces { }, got a list\n");
}

TEST(Inventory, ChecksEntryPoints) {
    EXPECT_EQ(mistakes_of(with(R"("app": {"app1": "10.0.0.7"}, "read": ["app2:5000", "app1",
"app1:0", "app1:99999", "app1:5000x", "::1:5000", "-x:1", 5, "app1:1", "app1:1"])")),
              "i.json:3:59: read[7]: expected a text in double quotes, got 5\n");
    EXPECT_EQ(mistakes_of(with(R"("app": {"app1": "10.0.0.7"}, "read": ["app2:5000", "app1",
"app1:0", "app1:99999", "app1:5000x", "::1:5000", "-x:1", "app1:1", "app1:1"])")),
              "i.json:2:39: read[0]: no node is named \"app2\" (did you mean \"app1\"?); a host "
              "that is no node is given by its address or full name\n"
              "i.json:2:52: read[1]: expected NODE:PORT or HOST:PORT (an IPv6 address in "
              "brackets), got \"app1\"\n"
              "i.json:3:1: read[2]: expected NODE:PORT or HOST:PORT (an IPv6 address in brackets), "
              "got \"app1:0\"\n"
              "i.json:3:11: read[3]: expected NODE:PORT or HOST:PORT (an IPv6 address in "
              "brackets), got \"app1:99999\"\n"
              "i.json:3:25: read[4]: expected NODE:PORT or HOST:PORT (an IPv6 address in "
              "brackets), got \"app1:5000x\"\n"
              "i.json:3:39: read[5]: expected NODE:PORT or HOST:PORT (an IPv6 address in "
              "brackets), got \"::1:5000\"\n"
              "i.json:3:51: read[6]: expected NODE:PORT or HOST:PORT (an IPv6 address in "
              "brackets), got \"-x:1\"\n"
              "i.json:3:69: read[8]: \"app1:1\" stands in this list already\n");
}

TEST(Inventory, ReadsPower) {
    Mistakes mistakes;
    Inventory const got = parse_inventory("i.json",
                                          with(
                                              R"("power": {"off": ["aws", "stop", "{node}", "{}"],
                     "on": ["aws", "start", "{address}"]})"),
                                          mistakes);
    EXPECT_EQ(mistakes.text(), "");
    EXPECT_EQ(got.power.kind, PowerAccess::Kind::commands);
    EXPECT_EQ(got.power.off, (std::vector<std::string>{"aws", "stop", "{node}", "{}"}));
    EXPECT_EQ(got.power.on.size(), 3U);
    EXPECT_EQ(mistakes_of(with(R"("power": "sysreq")")),
              "i.json:2:10: power: expected one of \"lab\", \"sysrq\", \"none\" or { \"off\": "
              "[...], \"on\": [...] }, got \"sysreq\" (did you mean \"sysrq\"?)\n");
    EXPECT_EQ(mistakes_of(with(R"("power": {"on": [], "of": ["x"]})")),
              "i.json:2:10: power: missing key \"off\": the command that takes power from a node, "
              "as a list of arguments\n"
              "i.json:2:17: power.on: expected a program and its arguments\n"
              "i.json:2:21: power.of: unknown key (did you mean \"off\"?)\n");
    EXPECT_EQ(mistakes_of(with(R"("power": {"off": ["x", "--id={nod}"]})")),
              "i.json:2:24: power.off[1]: unknown placeholder {nod}; there are {node} and "
              "{address} (did you mean \"node\"?)\n");
    EXPECT_EQ(mistakes_of(with(R"("power": true)")),
              "i.json:2:10: power: expected one of \"lab\", \"sysrq\", \"none\" or { \"off\": "
              "[...], \"on\": [...] }, got true\n");
}

TEST(Inventory, EveryKeyOfTheSchemaIsKnownToTheReader) {
    auto const schema = nlohmann::json::parse(inventory_schema());
    for (auto const& [key, value] : schema["properties"].items()) {
        std::string const said = mistakes_of(fmt::format("{{\"{}\": 0}}", key));
        EXPECT_EQ(said.find("unknown key"), std::string::npos) << said;
        if (!value.contains("properties")) continue;
        for (auto const& [inner, unused] : value["properties"].items()) {
            std::string const text = fmt::format(R"({{"{}": {{"{}": 0}}}})", key, inner);
            EXPECT_EQ(mistakes_of(text).find("unknown key"), std::string::npos) << text;
        }
    }
}

TEST(Inventory, LoadingNamesTheFileThatIsNotThere) {
    Mistakes mistakes;
    auto const got = load_inventory("/nowhere/i.json", mistakes);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().message, "/nowhere/i.json: there is no such file");
}

TEST(Names, NodesAndHostsByTheirForm) {
    for (char const* good : {"db1", "1", "a-b.c", "x"}) EXPECT_TRUE(is_node_name(good)) << good;
    for (char const* bad : {"", "-a", ".a", "A", "a b", "a;b", "a\n", "\xC3\xA4"})
        EXPECT_FALSE(is_node_name(bad)) << bad;
    EXPECT_TRUE(is_node_name(std::string(63, 'a')));
    EXPECT_FALSE(is_node_name(std::string(64, 'a')));
    for (char const* good : {"10.0.0.1", "::1", "fe80::1", "db1", "a.b-c.example", "Db_1"})
        EXPECT_TRUE(is_host(good)) << good;
    for (char const* bad :
         {"", "-a", "a-", "a..b", "a b", "10.0.0.256", "1.2.3", ":::", "a;b", "$(x)", "a.b."})
        EXPECT_FALSE(is_host(bad)) << bad;
    EXPECT_FALSE(is_host(std::string(64, 'a')));
}

TEST(ReadSecret, ComesFromTheEnvironmentOrAFile) {
    EXPECT_TRUE(read_secret({}).value().empty());
    setenv("IR_TEST_SECRET", "hunter2", 1);
    EXPECT_EQ(read_secret({"env:IR_TEST_SECRET"}).value().reveal(), "hunter2");
    test::TempFolder const folder;
    std::string const path = folder / "secret";
    std::ofstream(path) << "tr\xC3\xBC s\n";
    EXPECT_EQ(read_secret({"file:" + path}).value().reveal(), "tr\xC3\xBC s");
}

TEST(ReadSecret, NamesWhatIsMissingAndNeverAContent) {
    unsetenv("IR_TEST_SECRET");
    EXPECT_EQ(read_secret({"env:IR_TEST_SECRET"}).error().message,
              "the environment variable IR_TEST_SECRET is not set; a password of the inventory is "
              "to come from it");
    setenv("IR_TEST_SECRET", "", 1);
    EXPECT_EQ(read_secret({"env:IR_TEST_SECRET"}).error().message,
              "the environment variable IR_TEST_SECRET is empty; a password of the inventory is to "
              "come from it");
    EXPECT_EQ(read_secret({"file:/nowhere/x"}).error().message,
              "a password of the inventory: /nowhere/x: there is no such file");
    EXPECT_EQ(read_secret({"hunter2"}).error().message,
              "a password must come as \"env:NAME\" or \"file:PATH\"");
    test::TempFolder const folder;
    std::string const path = folder / "secret";
    std::ofstream(path) << "hunter2\nmore\n";
    EXPECT_EQ(read_secret({"file:" + path}).error().message,
              path + ": expected one line, the password, got more");
    std::ofstream(path) << "\n";
    EXPECT_EQ(read_secret({"file:" + path}).error().message,
              path + ": empty; a password of the inventory is to come from it");
}

}  // namespace
}  // namespace interregnum
