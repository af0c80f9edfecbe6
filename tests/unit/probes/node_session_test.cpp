// SPDX-License-Identifier: MIT
// A server that stands still and goes on: its session is kept, and what it says late is not taken
// for an answer to what is asked now.
#include "probes/session/node_session.h"

#include <atomic>

#include <gtest/gtest.h>

#include "tests/unit/support/fake_peer.h"

namespace interregnum::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration limit = milliseconds(200);

class Sessions : public testing::Test {
protected:
    NodeSession session_with(std::uint16_t port) {
        context_.clock = &clock_;
        context_.postgres = {
            .user = "drill", .dbname = "drill", .sslmode = "disable", .password = Secret("hush")};
        return {context_, {.name = "db1", .address = "127.0.0.1", .postgres_port = port}};
    }

    SteadyClock clock_;
    ProbeContext context_;
};

TEST_F(Sessions, AskAndAreAnswered) {
    FakePeer const peer([](int socket, std::stop_token const& stop) {
        pg_login(socket, stop);
        while (wait_for_bytes(socket, stop)) send_all(socket, pg_row("f", "SELECT 1") + pg_ready());
    });
    NodeSession session = session_with(peer.port());
    for (int i = 0; i < 3; ++i) {
        auto const answer = session.ask("SELECT", {}, seconds(2));
        EXPECT_TRUE(answer.ending.good()) << answer.ending.detail;
        EXPECT_EQ(answer.rows.text(0, 0), "f");
        EXPECT_FALSE(answer.woke);
        EXPECT_TRUE(answer.looked);
    }
}

TEST_F(Sessions, AreKeptWhileTheServerStandsStill) {
    std::atomic<bool> go_on = false;
    std::atomic<int> logins = 0;
    FakePeer const peer([&](int socket, std::stop_token const& stop) {
        ++logins;
        pg_login(socket, stop);
        if (!wait_for_bytes(socket, stop)) return;
        SteadyClock clock;
        while (!go_on && clock.sleep_for(milliseconds(5), stop)) {
        }
        send_all(socket, pg_row("late", "SELECT 1") + pg_ready());
        while (wait_for_bytes(socket, stop))
            send_all(socket, pg_row("new", "SELECT 1") + pg_ready());
    });
    NodeSession session = session_with(peer.port());
    for (int i = 0; i < 3; ++i) {
        auto const answer = session.ask("SELECT", {}, limit);
        EXPECT_EQ(answer.ending.cause, EndCause::deadline);
        EXPECT_EQ(judge_sql(answer.ending, StatementKind::autocommit).error, "timeout");
        EXPECT_FALSE(answer.woke);
    }
    go_on = true;
    Instant const asked_from = clock_.now();
    auto const answer = session.ask("SELECT", {}, seconds(5));
    EXPECT_TRUE(answer.ending.good()) << answer.ending.detail;
    EXPECT_TRUE(answer.woke);
    EXPECT_EQ(answer.rows.text(0, 0), "new");
    EXPECT_GE(answer.asked, asked_from);
    EXPECT_FALSE(session.ask("SELECT", {}, seconds(5)).woke);
    EXPECT_EQ(logins, 1);
}

TEST_F(Sessions, DialRarelyWhereNobodyAnswersTheDial) {
    std::atomic<int> dials = 0;
    FakePeer const peer([&](int, std::stop_token const&) { ++dials; });
    NodeSession refused = session_with(peer.port());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(refused.ask("SELECT", {}, limit).ending.phase, RequestPhase::connecting);
    EXPECT_EQ(dials, 3) << "one that is refused costs nothing: each time";

    BlackHole const hole;
    NodeSession silent = session_with(hole.port());
    Instant const start = clock_.now();
    auto const dialled = silent.ask("SELECT", {}, limit);
    EXPECT_EQ(dialled.ending.cause, EndCause::deadline);
    EXPECT_TRUE(dialled.looked);
    Instant const first_over = clock_.now();
    EXPECT_GE(first_over - start, limit);
    auto const spared = silent.ask("SELECT", {}, seconds(20));
    EXPECT_EQ(spared.ending.cause, EndCause::deadline);
    EXPECT_LT(clock_.now() - first_over, seconds(20)) << "the second time it must not wait";
    EXPECT_FALSE(spared.looked) << "and says that it saw nothing new";
}

}  // namespace
}  // namespace interregnum::test
