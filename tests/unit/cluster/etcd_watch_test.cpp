// SPDX-License-Identifier: MIT
// What etcd's gateway tells of one key: real messages (of etcd 3.4), and hostile ones.
#include <gtest/gtest.h>

#include "harness/cluster/etcd.h"
#include "harness/cluster/patroni.h"

namespace interregnum {
namespace {

constexpr std::string_view put = R"({"result":{"header":{"cluster_id":"11588568905070377092",
    "member_id":"128088275939295631","revision":"12","raft_term":"2"},"events":[{"kv":
    {"key":"L3NlcnZpY2Uvc2hvcC9sZWFkZXI=","create_revision":"12","mod_revision":"12",
    "version":"1","value":"ZGIy","lease":"7587862094689476354"}}]}})";

TEST(EtcdWatch, TellsWhoTookTheLock) {
    auto const message = parse_etcd_watch(put);
    ASSERT_TRUE(message) << message.error().message;
    EXPECT_FALSE(message->ended);
    ASSERT_EQ(message->changes.size(), 1U);
    EXPECT_FALSE(message->changes[0].deleted);
    EXPECT_EQ(message->changes[0].value, "db2");
    EXPECT_EQ(message->changes[0].revision, 12);
}

TEST(EtcdWatch, TellsThatTheLockIsGone) {
    auto const message = parse_etcd_watch(
        R"({"result":{"header":{"revision":"11"},"events":[{"type":"DELETE","kv":
            {"key":"L3NlcnZpY2Uvc2hvcC9sZWFkZXI=","mod_revision":"11"}}]}})");
    ASSERT_TRUE(message) << message.error().message;
    ASSERT_EQ(message->changes.size(), 1U);
    EXPECT_TRUE(message->changes[0].deleted);
    EXPECT_EQ(message->changes[0].revision, 11);
}

TEST(EtcdWatch, TheFirstMessageTellsNoChange) {
    auto const message =
        parse_etcd_watch(R"({"result":{"header":{"revision":"9"},"created":true}})");
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->changes.empty());
    EXPECT_FALSE(message->ended);
    EXPECT_TRUE(message->created);
    EXPECT_EQ(message->store_revision, 9);
}

TEST(EtcdWatch, SaysWhyItEnded) {
    auto const compacted = parse_etcd_watch(
        R"({"result":{"header":{"revision":"90"},"canceled":true,"compact_revision":"50"}})");
    ASSERT_TRUE(compacted);
    EXPECT_TRUE(compacted->ended);
    EXPECT_EQ(compacted->compacted, 50);
    auto const lost = parse_etcd_watch(
        R"({"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}})");
    ASSERT_TRUE(lost);
    EXPECT_TRUE(lost->ended);
    EXPECT_EQ(lost->reason, "etcdserver: no leader");
}

TEST(EtcdWatch, WhatIsNoMessageIsRefused) {
    std::string many = R"({"result":{"header":{},"events":[)";
    for (int i = 0; i < 1001; ++i) many += R"({"kv":{"mod_revision":"7"}},)";
    many.back() = ']';
    for (std::string const& line :
         {std::string(), std::string("[]"), std::string("null"), std::string("{}"),
          std::string(R"({"result":3})"), std::string(R"({"result":{"events":[]}})"),
          std::string(R"({"result":{"header":{},"events":[3]}})"),
          std::string(R"({"result":{"header":{},"events":[{"kv":{"mod_revision":"0"}}]}})"),
          std::string(R"({"result":{"header":{},"events":[{"kv":{"mod_revision":"-4"}}]}})"),
          std::string(R"({"result":{"header":{},"events":[{"kv":{"mod_revision":12}}]}})"),
          std::string(
              R"({"result":{"header":{},"events":[{"kv":{"mod_revision":"7","value":"%"}}]}})"),
          std::string(R"({"result":{"header":{},"events":[{"kv":{"mod_revision":"7"}},)"
                      R"({"kv":{"mod_revision":"6"}}]}})"),
          many + "}}", std::string(5000, '['), std::string("\0\xff", 2)})
        EXPECT_FALSE(parse_etcd_watch(line)) << line.substr(0, 80);
}

TEST(EtcdWatch, ABigValueIsCutShort) {
    std::string const line =
        R"({"result":{"header":{},"events":[{"kv":{"mod_revision":"7","value":")" +
        std::string(100'000, 'A') + R"("}}]}})";
    auto const message = parse_etcd_watch(line);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->changes.at(0).value.size(), 1000U);
}

TEST(EtcdWatch, AsksForOneKeyFromARevisionOn) {
    EXPECT_EQ(etcd_watch_request("/service/shop/leader", 13),
              R"({"create_request":{"key":"L3NlcnZpY2Uvc2hvcC9sZWFkZXI=",)"
              R"("start_revision":"13"}})");
    EXPECT_EQ(etcd_range_request("/service/shop/leader"),
              R"({"key":"L3NlcnZpY2Uvc2hvcC9sZWFkZXI="})");
}

TEST(EtcdRange, TellsHowTheKeyStands) {
    auto const held = parse_etcd_range(
        R"({"header":{"revision":"40"},"kvs":[{"key":"eA==","mod_revision":"12","value":"ZGIx"}],
            "count":"1"})");
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_TRUE(held->there);
    EXPECT_EQ(held->value, "db1");
    EXPECT_EQ(held->changed, 12);
    EXPECT_EQ(held->store_revision, 40);
    auto const free = parse_etcd_range(R"({"header":{"revision":"41"}})");
    ASSERT_TRUE(free);
    EXPECT_FALSE(free->there);
    EXPECT_EQ(free->store_revision, 41);
    for (char const* wrong : {"", "{}", R"({"header":{"revision":"x"}})", R"({"header":3})",
                              R"({"header":{"revision":"4"},"kvs":[7]})",
                              R"({"header":{"revision":"4"},"kvs":[{"value":"!"}]})"})
        EXPECT_FALSE(parse_etcd_range(wrong)) << wrong;
}

TEST(LeaderKey, IsWherePatroniPutsIt) {
    EXPECT_EQ(leader_key("/service", "shop"), "/service/shop/leader");
    EXPECT_EQ(leader_key("service/", "shop"), "/service/shop/leader");
    EXPECT_EQ(leader_key("//a//b//", "shop"), "/a/b/shop/leader");
    EXPECT_EQ(leader_key("/", "shop"), "/shop/leader");
}

TEST(LineAssembler, PutsPiecesTogether) {
    LineAssembler lines;
    EXPECT_TRUE(lines.take("{\"a\":")->empty());
    auto const two = lines.take("1}\n\n{\"b\":2}\n{\"c\"");
    ASSERT_TRUE(two);
    EXPECT_EQ(*two, (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"}));
    EXPECT_EQ(lines.take(":3}\n")->at(0), "{\"c\":3}");
}

TEST(LineAssembler, DoesNotWaitForALineWithoutEnd) {
    LineAssembler lines;
    std::string const piece(100'000, 'x');
    bool refused = false;
    for (int i = 0; i < 20 && !refused; ++i) refused = !lines.take(piece);
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace interregnum
