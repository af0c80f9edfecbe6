// SPDX-License-Identifier: MIT
#include "harness/engine/loss_notice.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Attempt;
using record::MemberSeen;
using record::Offset;
using record::OrdersSeen;
using record::Outcome;
using record::ReplicationSeen;
using record::Service;

class Nobody final : public record::Sink {
public:
    void write(record::Event /*event*/) override { ++events; }
    int events{};
};

/// db1 leads on timeline 1 and acknowledged the orders 1-0 to 1-9 (ids 1 to 10), one each 100 ms;
/// then db2 leads on timeline 2.
class Losses : public testing::Test {
protected:
    Losses() {
        notice_.write(record::StreamDeclared{.id = 1, .service = Service::write});
        notice_.write(record::StreamDeclared{.id = 2, .service = Service::read});
        leads("db1", true);
        leads("db2", false);
        look("db1", 1, false, 900ms);
        look("db2", 1, true, 900ms);
        for (int number = 0; number < 10; ++number)
            order(number, number + 1, "db1", 1s + number * 100ms);
        leads("db1", false);
        leads("db2", true);
    }
    void leads(std::string node, bool lock) {
        notice_.write(MemberSeen{
            .node = std::move(node), .reachable = true, .holds_lock = lock, .writable = lock});
    }
    void look(std::string node, std::int64_t timeline, bool in_recovery, Offset at) {
        notice_.write(ReplicationSeen{
            .node = std::move(node), .in_recovery = in_recovery, .timeline = timeline, .at = at});
    }
    void order(std::int64_t number, std::int64_t id, std::string server, Offset finished,
               Outcome outcome = Outcome::ok, int stream = 1) {
        notice_.write(Attempt{.stream = stream,
                              .number = number,
                              .finished = finished,
                              .outcome = outcome,
                              .id = id,
                              .server = std::move(server)});
    }
    void table(std::string node, std::int64_t timeline, std::vector<OrdersSeen::Range> numbers,
               std::int64_t from_id = 0, Offset asked = 10s) {
        notice_.write(OrdersSeen{.node = std::move(node),
                                 .timeline = timeline,
                                 .from_id = from_id,
                                 .numbers = std::move(numbers),
                                 .asked = asked,
                                 .at = asked + 2ms});
    }

    Nobody next_;
    std::vector<std::string> said_;
    LossNotice notice_{next_, [this](std::string text) { said_.push_back(std::move(text)); }};
};

TEST_F(Losses, AreSaidAtOnceAndOnce) {
    table("db2", 2, {{1, 0, 5}, {1, 7, 8}});
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_EQ(said_[0],
              "2 orders that had been acknowledged are gone from db2, the leader on timeline 2: "
              "the first is 1-6 (id 7), acknowledged by db1 1.600 s into the run");
    table("db2", 2, {{1, 0, 5}, {1, 7, 8}}, 0, 11s);
    EXPECT_EQ(said_.size(), 1U);
    EXPECT_EQ(next_.events, 2 + 4 + 2 + 10 + 2) << "all is passed on";
}

TEST_F(Losses, AreNoneWhereAllIsThere) {
    table("db2", 2, {{1, 0, 9}});
    table("db2", 2, {{1, 8, 9}}, 9);  // older ones were not read
    table("db2", 2, {}, 11);
    EXPECT_TRUE(said_.empty()) << said_[0];
}

TEST_F(Losses, ThatTheNodeItselfHadAcknowledgedNeedNoTimeline) {
    // A leader that crashed with synchronous_commit off and came up again, on the same timeline.
    leads("db1", true);
    table("db1", 1, {{1, 0, 8}});
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_TRUE(said_[0].starts_with("1 order that had been acknowledged is gone from db1"));
}

TEST_F(Losses, AreNotToldOfWhoDoesNotLead) {
    // Promoted by hand: its timeline is newer, and Patroni's lock is elsewhere.
    leads("db2", false);
    table("db2", 2, {});
    // Never heard of.
    table("db3", 2, {});
    // It held the lock, and its Patroni does not answer any more.
    leads("db2", true);
    notice_.write(MemberSeen{.node = "db2", .reachable = false, .holds_lock = true});
    table("db2", 2, {});
    EXPECT_TRUE(said_.empty()) << said_[0];
}

TEST_F(Losses, AreNotToldOfADeposedLeaderThatDoesNotKnowYet) {
    look("db2", 2, false, 4s);
    order(10, 11, "db2", 5s);
    leads("db1", true);  // as it was last seen
    table("db1", 1, {{1, 0, 9}});
    EXPECT_TRUE(said_.empty()) << said_[0];
    // Nor when who acknowledges was not seen on its new timeline.
    order(11, 12, "db2", 8s);
    table("db1", 3, {{1, 0, 10}});
    EXPECT_TRUE(said_.empty()) << said_[0];
    look("db2", 2, true, 9s);
    order(12, 13, "db2", 9100ms);
    table("db1", 3, {{1, 0, 10}});
    EXPECT_TRUE(said_.empty()) << said_[0];
}

TEST_F(Losses, AreOnlyOfWhatWasAcknowledgedBeforeTheLook) {
    table("db2", 2, {{1, 0, 4}}, 0, 1450ms);
    order(10, 11, "db1", 2s, Outcome::unknown);
    order(11, 12, "db1", 2s, Outcome::failed);
    order(12, 13, "10.9.9.9", 2s);  // an address that no node has
    order(13, 14, "", 2s);
    order(14, 15, "db1", 2s, Outcome::ok, 2);  // no order: a read
    order(15, 0, "db1", 2s);
    table("db2", 2, {{1, 0, 9}});
    EXPECT_TRUE(said_.empty()) << said_[0];
}

TEST_F(Losses, OfLongAgoAreForgotten) {
    for (std::int64_t number = 10; number < 50'000; ++number)
        order(number, number + 1, "db1", 2500ms);
    table("db2", 2, {{1, 10, 49'998}});
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_TRUE(said_[0].starts_with("1 order ")) << said_[0];
}

}  // namespace
}  // namespace interregnum
