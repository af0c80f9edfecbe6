// SPDX-License-Identifier: MIT
#include "harness/engine/split_brain_notice.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::CanarySeen;
using record::Offset;

class Counter final : public record::Sink {
public:
    void write(record::Event /*event*/) override { ++count; }
    int count{};
};

class Notice : public testing::Test {
protected:
    void accepts(std::string const& node, Offset asked) {
        notice_.write(CanarySeen{.node = node,
                                 .accepted = true,
                                 .timeline = 1,
                                 .number = 1,
                                 .asked = asked,
                                 .at = asked + 2ms});
    }
    /// It refuses at `asked`; its try before was asked at `previous`.
    void refuses(std::string const& node, Offset previous, Offset asked) {
        notice_.write(CanarySeen{.node = node,
                                 .error = "read_only",
                                 .previous = previous,
                                 .asked = asked,
                                 .at = asked + 2ms});
    }
    void passes(Offset at) { notice_.write(record::ReplicationSeen{.node = "db3", .at = at}); }

    Counter next_;
    std::vector<std::string> said_;
    SplitBrainNotice notice_{next_, [this](std::string text) { said_.push_back(std::move(text)); }};
};

TEST_F(Notice, SaysItWhileItLastsAndWhenItIsOver) {
    accepts("db1", 1s);
    accepts("db2", 30s);
    passes(31s);
    EXPECT_TRUE(said_.empty());
    passes(31300ms);
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_TRUE(said_[0].starts_with("db1 and db2 both take writes, since 30.002 s")) << said_[0];
    passes(40s);
    EXPECT_EQ(said_.size(), 1U) << "once";
    refuses("db1", 50s, 50100ms);
    ASSERT_EQ(said_.size(), 2U);
    EXPECT_TRUE(said_[1].starts_with(
        "db1 and db2 have both taken writes for at least 19.998 s, from 30.002 s"))
        << said_[1];
    passes(60s);
    EXPECT_EQ(said_.size(), 2U);
    EXPECT_EQ(next_.count, 7);
}

TEST_F(Notice, SaysAShortOneWhenItIsOver) {
    accepts("db2", 30s);
    accepts("db1", 60s);
    refuses("db1", 60100ms, 60120ms);
    ASSERT_EQ(said_.size(), 1U);
    EXPECT_TRUE(said_[0].starts_with("db1 and db2 both took writes for at least")) << said_[0];
}

TEST_F(Notice, ATakeoverIsNoSplitBrain) {
    accepts("db1", 1s);
    // db1's last good try was asked before db2's first one was answered: nothing is proved.
    accepts("db2", 30s);
    refuses("db1", 29950ms, 30050ms);
    passes(40s);
    EXPECT_TRUE(said_.empty()) << said_[0];
    refuses("db2", 50s, 50100ms);
    accepts("db1", 51s);
    passes(60s);
    EXPECT_TRUE(said_.empty());
}

TEST_F(Notice, AnotherTimelineOfTheSameNodeIsNoSecondNode) {
    accepts("db1", 1s);
    accepts("db1", 2s);
    passes(10s);
    EXPECT_TRUE(said_.empty());
}

}  // namespace
}  // namespace interregnum
