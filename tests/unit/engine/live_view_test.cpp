// SPDX-License-Identifier: MIT
#include "harness/engine/live_view.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Offset;
using record::Outcome;
using record::Service;

class Counter final : public record::Sink {
public:
    void write(record::Event /*event*/) override { ++events; }
    int events{};
};

class Live : public testing::Test {
protected:
    Live() {
        stream(1, Service::write, "app1:5000", Connection::kept);
        stream(2, Service::write, "app2:5000", Connection::kept);
        stream(3, Service::write, "app1:5000", Connection::fresh);
        stream(4, Service::cache, "app1:6379", Connection::kept);
        stream(5, Service::write, "db2:5432", Connection::kept, "direct");
    }
    void stream(int id, Service service, std::string entry, Connection connection,
                std::string way = "") {
        view_.write(record::StreamDeclared{.id = id,
                                           .service = service,
                                           .entry = std::move(entry),
                                           .connection = connection,
                                           .deadline = 1s,
                                           .way = std::move(way)});
    }
    void attempt(int stream, Offset started, Offset took, Outcome outcome = Outcome::ok) {
        view_.write(record::Attempt{
            .stream = stream, .started = started, .finished = started + took, .outcome = outcome});
    }
    void member(std::string node, bool reachable, bool lock, std::int64_t timeline, Offset at) {
        view_.write(record::MemberSeen{.node = std::move(node),
                                       .reachable = reachable,
                                       .timeline = timeline,
                                       .holds_lock = lock,
                                       .at = at});
    }

    Counter next_;
    LiveView view_{next_};
};

TEST_F(Live, CountsByPathAndBeginsAnew) {
    for (int i = 1; i <= 100; ++i) attempt(1, i * 10ms, i * 1ms);
    attempt(2, 10ms, 1200ms);  // too late for a customer
    attempt(3, 10ms, 5ms);
    attempt(5, 10ms, 5ms, Outcome::failed);  // a standby
    LiveLook const look = view_.take();
    ASSERT_EQ(look.paths.size(), 3U);
    EXPECT_EQ(look.paths[0].name, "write");
    EXPECT_EQ(look.paths[0].asked, 101);
    EXPECT_EQ(look.paths[0].served, 100);
    EXPECT_EQ(look.paths[0].median, 50ms);
    EXPECT_EQ(look.paths[0].p99, 99ms);
    EXPECT_EQ(look.paths[1].name, "new conn.");
    EXPECT_EQ(look.paths[1].served, 1);
    EXPECT_EQ(look.paths[2].name, "redis");
    EXPECT_EQ(look.paths[2].asked, 0);
    LiveLook const again = view_.take();
    EXPECT_EQ(again.paths[0].asked, 0);
    EXPECT_EQ(again.paths[0].p99, 0ms);
    EXPECT_EQ(next_.events, 5 + 103) << "it passes everything on";
}

TEST_F(Live, APathIsDownSinceTheFirstMissingAttempt) {
    attempt(1, 1000ms, 5ms);
    attempt(1, 1040ms, 1s, Outcome::unknown);
    attempt(1, 1020ms, 1s, Outcome::unknown);
    attempt(1, 900ms, 1s, Outcome::unknown);  // before the one that was served
    attempt(2, 1000ms, 5ms);
    auto const down = view_.standing().down;
    ASSERT_EQ(down.size(), 1U);
    EXPECT_EQ(down.at("write"), (std::map<std::string, Offset>{{"app1:5000", 1020ms}}));
    attempt(1, 3000ms, 5ms);
    EXPECT_TRUE(view_.standing().down.empty());
}

TEST_F(Live, WhoHoldsTheLockLeads) {
    member("db1", true, true, 3, 1s);
    member("db2", true, false, 3, 1s);
    EXPECT_EQ(view_.standing().leaders, std::vector<std::string>{"db1"});
    EXPECT_EQ(view_.standing().timeline, 3);
    member("db1", false, true, 0, 2s);
    EXPECT_TRUE(view_.standing().leaders.empty());
    EXPECT_EQ(view_.standing().timeline, 0);
    member("db2", true, true, 4, 3s);
    EXPECT_EQ(view_.standing().leaders, std::vector<std::string>{"db2"});
    EXPECT_EQ(view_.standing().timeline, 4);
}

TEST_F(Live, ASentinelThatDoesNotAnswerNamesNobody) {
    view_.write(record::RedisMasterSeen{.sentinel = "db1", .master = "db1"});
    view_.write(record::RedisMasterSeen{.sentinel = "db2", .master = "db2"});
    view_.write(record::RedisMasterSeen{.sentinel = "db3", .master = ""});
    EXPECT_EQ(view_.standing().redis_masters, (std::vector<std::string>{"db1", "db2"}));
}

}  // namespace
}  // namespace interregnum
