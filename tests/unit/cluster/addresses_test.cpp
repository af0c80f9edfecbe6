// SPDX-License-Identifier: MIT
// Which node is meant by what a service says of where it is.
#include "harness/cluster/addresses.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/cluster/inventory.h"

namespace interregnum {
namespace {

/// An inventory of host names, of which db1 is behind a NAT too.
std::vector<InventoryNode> nodes() {
    std::vector<InventoryNode> all{{.name = "db1", .address = "DB1.example", .group = "db"},
                                   {.name = "db2", .address = "db2.example", .group = "db"},
                                   {.name = "app1", .address = "app1.example", .group = "app"}};
    add_address(all[0], "10.0.0.11");
    add_address(all[0], "172.31.0.11");
    add_address(all[1], "10.0.0.12");
    return all;
}

std::string found(std::vector<InventoryNode> const& all, std::string_view address) {
    InventoryNode const* const node = find_by_address(all, address);
    return node == nullptr ? "" : node->name;
}

TEST(Addresses, AreWrittenInOneWay) {
    EXPECT_EQ(plain_address("10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(plain_address("::ffff:10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(plain_address("2001:DB8:0::01"), "2001:db8::1");
    EXPECT_EQ(plain_address("[2001:db8::1]"), "2001:db8::1");
    EXPECT_EQ(plain_address("DB1.Example."), "db1.example");
    EXPECT_EQ(plain_address(""), "");
    EXPECT_TRUE(is_numeric_address("fe80::1"));
    EXPECT_FALSE(is_numeric_address("10.example"));
}

TEST(Addresses, OfTheHostItselfTellNothing) {
    for (char const* own : {"127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1", "localhost"})
        EXPECT_TRUE(is_loopback(own)) << own;
    EXPECT_FALSE(is_loopback("10.127.0.1"));
    auto all = nodes();
    add_address(all[0], "127.0.1.1");  // what Debian's /etc/hosts says of a host's own name
    EXPECT_EQ(found(all, "127.0.1.1"), "");
}

TEST(Addresses, AllThatANodeHasNameIt) {
    auto const all = nodes();
    EXPECT_EQ(found(all, "db1.example"), "db1");
    EXPECT_EQ(found(all, "10.0.0.11"), "db1");
    EXPECT_EQ(found(all, "::ffff:172.31.0.11"), "db1");
    EXPECT_EQ(found(all, "10.0.0.12"), "db2");
    EXPECT_EQ(found(all, "db2"), "db2") << "a Sentinel that announces host names";
    EXPECT_EQ(found(all, "10.0.0.13"), "");
    EXPECT_EQ(found(all, ""), "");
}

TEST(Addresses, ThatTwoNodesHaveNameNeither) {
    auto all = nodes();
    add_address(all[1], "172.31.0.11");
    EXPECT_EQ(found(all, "172.31.0.11"), "");
    EXPECT_EQ(found(all, "10.0.0.11"), "db1");
    all[2].address = "10.0.0.12";  // what is somebody's own is that one's
    EXPECT_EQ(found(all, "10.0.0.12"), "app1");
    all[2].address = "app1.example";
    add_address(all[2], "10.0.0.12");  // one server, of two groups
    EXPECT_EQ(found(all, "10.0.0.12"), "db2");
}

TEST(Addresses, AreAddedOnce) {
    auto all = nodes();
    std::size_t const before = all[0].addresses.size();
    add_address(all[0], "10.0.0.11");
    add_address(all[0], "db1.example.");
    add_address(all[0], "");
    EXPECT_EQ(all[0].addresses.size(), before);
}

TEST(Addresses, OfNamesAreLookedUpOthersNot) {
    std::vector<InventoryNode> all{{.name = "db1", .address = "10.0.0.11", .group = "db"}};
    resolve_addresses(all, std::chrono::seconds(5), {});
    EXPECT_TRUE(all[0].addresses.empty());
    EXPECT_TRUE(look_up({}, std::chrono::seconds(5), {}).empty());
    auto const local = look_up({"localhost"}, std::chrono::seconds(5), {});
    ASSERT_TRUE(local.contains("localhost"));
    EXPECT_TRUE(is_loopback(local.at("localhost").front()));
}

}  // namespace
}  // namespace interregnum
