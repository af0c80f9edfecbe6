// SPDX-License-Identifier: MIT
// From what AWS and Terraform tell to nodes, and from consoles to host keys.
#include "harness/cluster/machines.h"

#include <gtest/gtest.h>

#include "harness/cluster/aws_instances.h"
#include "harness/cluster/console_keys.h"
#include "harness/cluster/inventory.h"
#include "harness/cluster/terraform_output.h"
#include "harness/remote/base64.h"
#include "harness/remote/known_hosts.h"
#include "harness/remote/wire.h"

namespace interregnum {
namespace {

std::string instance(std::string const& id, std::string const& address, std::string const& role,
                     std::string const& name, std::string const& state = "running",
                     std::string const& more = R"(, "InstanceLifecycle": "spot")") {
    return R"({ "InstanceId": ")" + id + R"(", "State": { "Code": 16, "Name": ")" + state +
           R"(" }, "PrivateIpAddress": ")" + address + R"(", "PublicIpAddress": "203.0.113)" +
           address.substr(address.rfind('.')) + R"(", "Tags": [ { "Key": "Role", "Value": ")" +
           role + R"(" }, { "Key": "Name", "Value": ")" + name + R"(" } ])" + more + " }";
}

std::string reservations(std::string const& instances) {
    return R"({ "Reservations": [ { "ReservationId": "r-1", "Instances": [ )" + instances +
           " ] } ] }";
}

std::string const three = instance("i-0b", "10.0.1.12", "db", "Shop-DB-2") + "," +
                          instance("i-0a", "10.0.1.11", "db", "shop-db-1") + "," +
                          instance("i-0c", "10.0.1.21", "app", "web one", "running", "");

std::string why_not_aws(std::string const& text, AwsMapping const& mapping = {}) {
    auto const made = machines_of_aws("i.json", text, mapping);
    EXPECT_FALSE(made) << text;
    return made ? "" : made.error().message;
}

std::string why_not_terraform(std::string const& text) {
    auto const made = nodes_of_terraform("t.json", text, {});
    EXPECT_FALSE(made) << text;
    return made ? "" : made.error().message;
}

void expect_says(std::string const& message, std::string_view what) {
    EXPECT_NE(message.find(what), std::string::npos) << message;
    EXPECT_EQ(message.find('\x1b'), std::string::npos) << "drives the terminal";
}

TEST(AwsInstances, BecomeNodesByTheirTags) {
    auto const made = machines_of_aws(
        "i.json",
        reservations(three + "," + instance("i-0d", "10.0.1.13", "db", "x", "terminated") + "," +
                     instance("i-0e", "10.0.1.31", "bastion", "y")),
        {});
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->nodes.size(), 3U);
    EXPECT_EQ(made->nodes[0].id, "i-0b") << "by name, in the order of bytes";
    EXPECT_EQ(made->nodes[1].address, "10.0.1.11");
    EXPECT_TRUE(made->nodes[1].spot);
    EXPECT_EQ(made->nodes[2].group, "app");
    EXPECT_FALSE(made->nodes[2].spot);
    ASSERT_EQ(made->remarks.size(), 1U) << "the bastion is nobody's business";
    EXPECT_EQ(made->remarks[0], "instance i-0d is terminated and not running: left out");
}

TEST(AwsInstances, AreReadFromPagesListsAndByName) {
    std::string const page = R"({ "Reservations": [ { "Instances": [ )" +
                             instance("i-0a", "10.0.1.11", "x", "shop-db-1") +
                             R"( ] } ], "NextToken": "t" })";
    std::string const rest = reservations(instance("i-0a", "10.0.1.11", "x", "shop-db-1") + "," +
                                          instance("i-0c", "10.0.1.21", "x", "shop-app-1"));
    AwsMapping const by_name{.db = {.key = "Name", .value = "shop-db-*"},
                             .app = {.key = "Name", .value = "*app*"},
                             .address = AddressKind::public_one};
    auto const made = machines_of_aws("i.json", page + "\n" + rest, by_name);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->nodes.size(), 2U) << "the one on both pages counts once";
    EXPECT_EQ(made->nodes[0].address, "203.0.113.11");
    EXPECT_EQ(made->nodes[0].private_address, "10.0.1.11");
    EXPECT_TRUE(machines_of_aws("i.json", "[" + three + "]", {})) << "--query's flat list";
    expect_says(why_not_aws(page, by_name), "one page of several");
}

TEST(AwsInstances, SayWhatIsWrong) {
    expect_says(why_not_aws(""), "empty");
    expect_says(why_not_aws("no credentials"), "i.json");
    expect_says(why_not_aws("{}"), "Reservations");
    expect_says(why_not_aws(R"({ "Reservations": [ {} ] })"), "Instances");
    expect_says(why_not_aws(reservations("7")), "InstanceId");
    expect_says(why_not_aws(reservations(instance(R"(i-\u001b[2J)", "10.0.0.1", "db", ""))),
                "InstanceId");
    expect_says(why_not_aws(reservations(instance("i-0a", "no.where at all", "db", "n"))),
                "no private address");
    expect_says(why_not_aws(reservations(instance("i-0a", "10.0.0.1", "web", "n"))),
                R"(values of that tag here: "web")");
    expect_says(why_not_aws(reservations(three), {.db = {.key = "role", .value = "db"}}),
                "did you mean \"Role\"?");
    expect_says(why_not_aws(reservations(three), {.app = {.key = "Name", .value = "*"}}),
                "make the two differ");
    expect_says(why_not_aws(reservations(instance("i-0a", "10.0.0.1", "db", "a") + "," +
                                         instance("i-0b", "10.0.0.1", "db", "b"))),
                "same address");
    expect_says(why_not_aws(reservations(instance("i-0a", "10.0.0.1", "db", "a", "stopped"))),
                "no running instance");
    EXPECT_FALSE(parse_tag_pattern("Role"));
    EXPECT_FALSE(parse_tag_pattern("=db"));
}

TEST(AwsInstances, PatternsMatchTheWholeText) {
    EXPECT_TRUE(looks_like("shop-db-1", "shop-db-*"));
    EXPECT_TRUE(looks_like("shop-db-1", "*db*1"));
    EXPECT_TRUE(looks_like("", "*"));
    EXPECT_TRUE(looks_like("aab", "*ab"));
    EXPECT_FALSE(looks_like("shop-db-1", "shop-db"));
    EXPECT_FALSE(looks_like("xshop-db-1", "shop-*"));
    EXPECT_FALSE(looks_like("a", ""));
    // What would take a naive matcher for ever.
    EXPECT_FALSE(looks_like(std::string(5'000, 'a'), "*a*a*a*a*a*a*a*a*a*b"));
}

TEST(Terraform, ListsMapsAndObjectsBecomeNodes) {
    auto const made = nodes_of_terraform("t.json", R"({
        "db_hosts": { "sensitive": false, "type": ["map", "string"],
                      "value": { "db1": "10.0.1.11", "db2": "10.0.1.12" } },
        "app_hosts": { "sensitive": false, "type": "x", "value": [
            { "id": "i-0c", "private_ip": "10.0.1.21", "public_ip": "203.0.113.21",
              "tags": { "Name": "web" } }, "app.example.com" ] },
        "password": { "sensitive": true, "type": "string", "value": "s3cret" },
        "host_keys": { "value": { "db1": "ssh-ed25519 AAAA x\nssh-rsa BBBB", "db2": ["k"] } } })",
                                         {});
    ASSERT_TRUE(made) << made.error().message;
    auto const& nodes = made->machines.nodes;
    ASSERT_EQ(nodes.size(), 4U);
    EXPECT_EQ(nodes[1].name, "db2");
    EXPECT_EQ(nodes[2].id, "i-0c");
    EXPECT_EQ(nodes[2].address, "10.0.1.21");
    EXPECT_EQ(nodes[2].name, "web");
    EXPECT_EQ(nodes[3].address, "app.example.com");
    ASSERT_EQ(made->host_keys.at("db1").size(), 2U);
    EXPECT_EQ(made->host_keys.at("db1")[1], "ssh-rsa BBBB");
    auto const one =
        nodes_of_terraform("t.json", R"({ "db_hosts": { "value": "10.0.1.11" } })", {});
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->machines.remarks.size(), 1U) << "no application node";
}

TEST(Terraform, SaysWhatIsWrongAndNoValue) {
    expect_says(why_not_terraform(R"(["10.0.0.1"])"), "without a name");
    expect_says(why_not_terraform(R"({ "db1": "10.0.0.1" })"), "each with its \"value\"");
    expect_says(why_not_terraform(R"({ "db_host": { "value": "10.0.0.1" } })"),
                "did you mean \"db_host\"?");
    expect_says(why_not_terraform(R"({ "db_hosts": { "value": [] } })"), "got none");
    expect_says(why_not_terraform(R"({ "db_hosts": { "value": [7] } })"), "got a number");
    expect_says(why_not_terraform(R"({ "db_hosts": { "value": ["10.0.0.1", "10.0.0.1"] } })"),
                "twice");
    std::string const secret =
        why_not_terraform(R"({ "db_hosts": { "value": "p\u001bass word" } })");
    expect_says(secret, "expected an IPv4");
    EXPECT_EQ(secret.find("word"), std::string::npos) << secret;
    expect_says(why_not_terraform(
                    R"({ "db_hosts": { "value": ["10.0.0.1"] }, "host_keys": { "value": 7 } })"),
                "output host_keys");
    expect_says(why_not_terraform(std::string(100'000, '[')), "t.json");
}

TEST(Machines, AreNamedAsPatroniNamesThemAndTheRestIsRemarked) {
    HostAnswers const one{.host = "203.0.113.11",
                          .is_member = true,
                          .member = "pg-a",
                          .scope = "shop",
                          .is_leader = true,
                          .members = {{"pg-a", "10.0.1.11"}, {"pg-c", "10.0.1.99"}}};
    auto const machines =
        machines_of_aws("i.json", reservations(three), {.address = AddressKind::public_one});
    ASSERT_TRUE(machines) << machines.error().message;
    FoundCluster const found = with_machines(put_together({one}), *machines);
    ASSERT_EQ(found.nodes.size(), 3U);
    EXPECT_EQ(found.nodes[0].name, "shop-db-2");
    EXPECT_EQ(found.nodes[1].name, "pg-a");
    EXPECT_EQ(found.nodes[2].name, "app1") << "\"web one\" can be no node's name";
    EXPECT_EQ(found.leader, "pg-a");
    ASSERT_EQ(found.remarks.size(), 1U);
    expect_says(found.remarks[0], "pg-c (10.0.1.99)");
    Mistakes mistakes;
    Inventory const inventory =
        parse_inventory("/tmp/i.json", inventory_text(found, {.spot = true}), mistakes);
    EXPECT_TRUE(mistakes.empty()) << mistakes.text();
    EXPECT_TRUE(inventory.spot.watched);
    EXPECT_EQ(inventory.node("pg-a")->address, "203.0.113.11");
}

std::string key_line(char filling, std::string_view type = "ssh-ed25519", std::size_t size = 32) {
    std::string blob;
    wire_string(blob, type);
    wire_string(blob, std::string(size, filling));
    return std::string(type) + " " + base64_encode(blob);
}

std::string block(std::string const& keys) {
    return "[    1.2] Linux\r\n-----BEGIN SSH HOST KEY FINGERPRINTS-----\r\n256 SHA256:x\r\n"
           "-----END SSH HOST KEY FINGERPRINTS-----\r\n-----BEGIN SSH HOST KEY KEYS-----\r\n" +
           keys + "-----END SSH HOST KEY KEYS-----\r\n[  20.1] login\r\n";
}

std::string why_no_keys(std::string const& console) {
    auto const keys = keys_of_console(console);
    EXPECT_FALSE(keys) << console;
    return keys ? "" : keys.error().message;
}

TEST(ConsoleKeys, StandBetweenTheMarks) {
    std::string const ed25519 = key_line('a');
    // Made by ssh-keygen.
    std::string const ecdsa =
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIw4J+AY"
        "WUxlmZIYJzimkfg03FcSeh43BKf1y0qa0rpPaBbP3+8tWGxRR6YlArzzgdtxL7Dx/XKgbvUDoVQYl1Q=";
    auto const keys =
        keys_of_console(block(ed25519 + " root@ip-10-0-1-11\r\n[   12.3] random: \r\n" +
                              "<14>Nov 23 03:10:44 ec2: " + ecdsa + " root@x\r\n"));
    ASSERT_TRUE(keys) << keys.error().message;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ((*keys)[0].type + " " + (*keys)[0].base64, ed25519);
    EXPECT_EQ((*keys)[1].type + " " + (*keys)[1].base64, ecdsa);
    std::string const twice = block(ed25519 + "\n");
    EXPECT_TRUE(keys_of_console(twice + twice)) << "the same again is no doubt";
}

TEST(ConsoleKeys, RefuseAnythingDoubtful) {
    std::string const key = key_line('a');
    expect_says(why_no_keys("[ 1.0] Linux\n"), "no -----BEGIN");
    expect_says(why_no_keys("-----BEGIN SSH HOST KEY FINGERPRINTS-----\n256 SHA256:x\n"),
                "fingerprints only");
    expect_says(why_no_keys("-----BEGIN SSH HOST KEY KEYS-----\n" + key + "\n"), "ends before");
    expect_says(why_no_keys(block("")), "no key between");
    expect_says(why_no_keys(block(key + "\n") + block(key_line('b') + "\n")), "differ");
    expect_says(why_no_keys(block(key + "\n" + key_line('b') + "\n")), "a second ssh-ed25519");
    expect_says(why_no_keys(block("* \x1b[2J" + key + "\n")), "expected a public host key");
    expect_says(why_no_keys(block(key.substr(0, 40) + "\n")), "not whole");
    expect_says(why_no_keys(block("ssh-ed25519 !!!\n")), "no base64");
    expect_says(why_no_keys(block(key_line('a', "ssh-ed25519", 33) + "\n")), "not whole");
    expect_says(why_no_keys(block("ecdsa-sha2-nistp256" + key.substr(key.find(' ')) + "\n")),
                "another type");
    expect_says(why_no_keys(std::string((1U << 20U) + 1, 'x')), "1 MiB");
    std::string weak;
    wire_string(weak, "ssh-rsa");
    wire_string(weak, "\x01");
    wire_string(weak, std::string(128, 'n'));
    expect_says(why_no_keys(block("ssh-rsa " + base64_encode(weak) + "\n")), "too weak");
}

TEST(ConsoleKeys, ComeAsTextOrAsAwsPrintsThem) {
    std::string const console = R"({ "InstanceId": "i-0a", "Timestamp": "x", "Output": ")"
                                R"([ 1.0] up\r\n-----BEGIN SSH HOST KEY KEYS-----\r\n)" +
                                key_line('a') + R"( r\r\n-----END SSH HOST KEY KEYS-----\r\n" })";
    auto const both = parse_consoles("c", console + "\n" + console);
    ASSERT_TRUE(both) << both.error().message;
    ASSERT_EQ(both->size(), 2U);
    EXPECT_EQ((*both)[0].machine, "i-0a");
    auto const text = parse_consoles("c", block(key_line('a') + "\n"));
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ((*text)[0].machine, "");
    auto const empty = parse_consoles("c", R"({ "InstanceId": "i-0a" })");
    ASSERT_FALSE(empty);
    expect_says(empty.error().message, "empty yet");
    EXPECT_FALSE(parse_consoles("c", R"({ "Output": "x" })"));
    EXPECT_FALSE(parse_consoles("c", "{"));
}

TEST(ConsoleKeys, MakeAKnownHostsFileOfAllNodes) {
    std::vector<FoundNode> const nodes{{.name = "db1", .address = "10.0.1.11", .group = "db"},
                                       {.name = "db2", .address = "10.0.1.12", .group = "db"}};
    auto const key = [](char filling) { return parse_host_key(key_line(filling)).value(); };
    auto const text = known_hosts_text(nodes, {{"db1", {key('a')}}, {"db2", {key('b')}}});
    ASSERT_TRUE(text) << text.error().message;
    auto const hosts = KnownHosts::parse(*text, "f");
    ASSERT_TRUE(hosts) << hosts.error().message;
    std::string const blob = base64_decode(key('b').base64).value();
    EXPECT_EQ(hosts->check("10.0.1.12", 22, blob), KnownHosts::Match::known);
    EXPECT_EQ(hosts->check("10.0.1.11", 22, blob), KnownHosts::Match::changed);
    auto const some = known_hosts_text(nodes, {{"db1", {key('a')}}});
    ASSERT_FALSE(some);
    expect_says(some.error().message, "of db2");
    auto const same = known_hosts_text(nodes, {{"db1", {key('a')}}, {"db2", {key('a')}}});
    ASSERT_FALSE(same);
    expect_says(same.error().message, "pose as the other");
}

TEST(InventorySpot, IsReadAndCheckedAsAUrl) {
    auto const read = [](std::string const& spot, Mistakes& mistakes) {
        return parse_inventory("/tmp/i.json",
                               R"({ "cluster": "c", "ssh": { "user": "a" }, "db": { "db1": )"
                               R"("10.0.0.1" }, "write": ["db1:5432"], "spot": )" +
                                   spot + " }",
                               mistakes)
            .spot;
    };
    Mistakes none;
    EXPECT_TRUE(read("true", none).watched);
    EXPECT_FALSE(read("false", none).watched);
    EXPECT_EQ(read("true", none).base, "http://169.254.169.254");
    EXPECT_EQ(read(R"({ "base": "http://10.0.0.9:1338" })", none).base, "http://10.0.0.9:1338");
    EXPECT_EQ(read(R"({ "base": "http://[fd00:ec2::254]" })", none).base, "http://[fd00:ec2::254]");
    EXPECT_TRUE(none.empty()) << none.text();
    for (std::string const wrong :
         {R"("yes")", "1", R"({ "url": "x" })", R"({ "base": "https://10.0.0.9" })",
          R"({ "base": "http://10.0.0.9/latest" })", R"({ "base": "http://a b" })",
          R"j({ "base": "http://$(touch x)" })j", R"({ "base": "http://a:99999" })",
          R"({ "base": "http://" })", R"({ "base": "-K/etc/shadow" })"}) {
        Mistakes mistakes;
        (void)read(wrong, mistakes);
        EXPECT_FALSE(mistakes.empty()) << wrong;
        EXPECT_NE(mistakes.text().find("spot"), std::string::npos) << mistakes.text();
    }
}

}  // namespace
}  // namespace interregnum
