// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "probes/session/sentinel.h"
#include "tests/unit/support/fake_peer.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RedisReply word(std::string text) {
    return {.kind = RedisReply::Kind::text, .text = std::move(text)};
}

RedisReply delivered(std::string channel, std::string text) {
    return {
        .kind = RedisReply::Kind::list,
        .list = {word("pmessage"), word("+*"), word(std::move(channel)), word(std::move(text))}};
}

TEST(SentinelMessage, IsTakenWhenItTellsOfOurMaster) {
    struct Case {
        char const* channel;
        char const* text;
    };
    for (auto const& [channel, text] :
         {Case{"+sdown", "master shop 10.0.0.1 6379"},
          Case{"+sdown", "slave 10.0.0.2:6379 10.0.0.2 6379 @ shop 10.0.0.1 6379"},
          Case{"+odown", "master shop 10.0.0.1 6379 #quorum 2/2"}, Case{"+new-epoch", "3"},
          Case{"+vote-for-leader", "b1c2 3"}, Case{"+tilt", "#tilt mode entered"},
          Case{"+switch-master", "shop 10.0.0.1 6379 10.0.0.2 6379"},
          Case{"-failover-abort-no-good-slave", "master shop 10.0.0.1 6379"}}) {
        auto const message = sentinel_message(delivered(channel, text), "shop");
        ASSERT_TRUE(message) << channel << " " << text;
        EXPECT_EQ(message->channel, channel);
        EXPECT_EQ(message->text, text);
    }
}

TEST(SentinelMessage, IsLeftOutWhenItDoesNot) {
    struct Case {
        char const* channel;
        char const* text;
    };
    for (auto const& [channel, text] :
         {Case{"+sdown", "master shop2 10.0.0.1 6379"}, Case{"+sdown", "master shop"},
          Case{"+sdown", "slave shop 10.0.0.2 6379 @ other 10.0.0.1 6379"},
          Case{"+switch-master", "other 10.0.0.1 6379 10.0.0.2 6379"}, Case{"+switch-master", ""},
          Case{"+slave", "slave 10.0.0.2:6379 10.0.0.2 6379 @ shop 10.0.0.1 6379"},
          Case{"+reboot", "master shop 10.0.0.1 6379"}, Case{"", ""}})
        EXPECT_FALSE(sentinel_message(delivered(channel, text), "shop")) << channel << " " << text;
    RedisReply pong{.kind = RedisReply::Kind::list, .list = {word("pong"), word("")}};
    EXPECT_FALSE(sentinel_message(pong, "shop"));
    RedisReply more = delivered("+tilt", "x");
    more.list.push_back(word("y"));
    EXPECT_FALSE(sentinel_message(more, "shop"));
    EXPECT_FALSE(sentinel_message(RedisReply{}, "shop"));
}

TEST(SentinelMessage, IsCutShort) {
    auto const message =
        sentinel_message(delivered("+sdown", "master shop " + std::string(100'000, 'x')), "shop");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text.size(), 200U);
}

constexpr std::string_view subscribed =
    "*3\r\n$10\r\npsubscribe\r\n$2\r\n+*\r\n:1\r\n*3\r\n$10\r\npsubscribe\r\n$2\r\n-*\r\n:2\r\n";
constexpr std::string_view switched =
    "*4\r\n$8\r\npmessage\r\n$2\r\n+*\r\n$14\r\n+switch-master\r\n$32\r\n"
    "shop 10.0.0.1 6379 10.0.0.2 6379\r\n";

SentinelListener listener_of(std::uint16_t port) {
    ProbeNode const node{.name = "db1", .address = "127.0.0.1", .sentinel_port = port};
    return {node, {.master_name = "shop"}};
}

TEST(SentinelListener, HearsWhatIsTold) {
    FakePeer const peer([](int socket, std::stop_token const& stop) {
        if (!wait_for_bytes(socket, stop)) return;
        send_all(socket, "+PONG\r\n");
        if (!wait_for_bytes(socket, stop)) return;
        send_all(socket, subscribed);
        send_all(socket, switched);
        hold(stop);
    });
    SentinelListener listener = listener_of(peer.port());
    SteadyClock const clock;
    ASSERT_TRUE(listener.subscribe(clock.now() + seconds(2)));
    auto const message = listener.next(clock.now() + seconds(2));
    ASSERT_TRUE(message) << message.error().message;
    ASSERT_TRUE(*message);
    EXPECT_EQ((*message)->channel, "+switch-master");
    auto const nothing = listener.next(clock.now() + milliseconds(50));
    ASSERT_TRUE(nothing) << nothing.error().message;
    EXPECT_FALSE(*nothing);
}

TEST(SentinelListener, GivesUpOneThatIsSilent) {
    FakePeer const peer([](int socket, std::stop_token const& stop) {
        if (!wait_for_bytes(socket, stop)) return;
        send_all(socket, "+PONG\r\n");
        if (!wait_for_bytes(socket, stop)) return;
        send_all(socket, subscribed);
        hold(stop);
    });
    SentinelListener listener = listener_of(peer.port());
    SteadyClock const clock;
    ASSERT_TRUE(listener.subscribe(clock.now() + seconds(2)));
    Instant const start = clock.now();
    auto const message = listener.next(start + seconds(20));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().kind, Error::Kind::timeout) << message.error().message;
    EXPECT_LT(clock.now() - start, seconds(10));
}

TEST(SentinelListener, SeesThatItIsGoneOrTalksNonsense) {
    for (std::string_view const last : {"", "HTTP/1.0 400 Bad request\r\n"}) {
        FakePeer const peer([last](int socket, std::stop_token const& stop) {
            if (!wait_for_bytes(socket, stop)) return;
            send_all(socket, "+PONG\r\n");
            if (!wait_for_bytes(socket, stop)) return;
            send_all(socket, subscribed);
            send_all(socket, last);
        });
        SentinelListener listener = listener_of(peer.port());
        SteadyClock const clock;
        ASSERT_TRUE(listener.subscribe(clock.now() + seconds(2)));
        EXPECT_FALSE(listener.next(clock.now() + seconds(2))) << last;
    }
}

}  // namespace
}  // namespace interregnum::test
