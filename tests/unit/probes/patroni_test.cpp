// SPDX-License-Identifier: MIT
// A member of which only half a look is answered.
#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "harness/probe.h"
#include "tests/unit/support/fake_peer.h"

namespace interregnum::test {
namespace {

using record::MemberSeen;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Members final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        if (auto* seen = std::get_if<MemberSeen>(&event)) seen_.push_back(std::move(*seen));
    }
    [[nodiscard]] std::vector<MemberSeen> all() const {
        std::scoped_lock const lock(mutex_);
        return seen_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<MemberSeen> seen_;
};

constexpr std::string_view head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
constexpr std::string_view leader =
    R"({"state":"running","role":"primary","timeline":3,"patroni":{"name":"db1","scope":"s"}})";

TEST(PatroniObserver, ALockThatNobodyToldOfIsNotSaidToBeNone) {
    std::atomic<int> unanswered = 2;
    FakePeer const peer([&unanswered](int socket, std::stop_token const& stop) {
        std::string const request = take_bytes(socket, stop);
        if (request.starts_with("GET /leader") && --unanswered >= 0) {
            while (wait_for_bytes(socket, stop)) {
            }
            return;
        }
        send_all(socket, std::string(head) + std::string(leader));
    });
    SteadyClock clock;
    Members members;
    ProbeContext context;
    context.clock = &clock;
    context.sink = &members;
    context.origin = clock.now();
    context.nodes.push_back(
        {.name = "db1", .address = "127.0.0.1", .group = "db", .patroni_port = peer.port()});
    auto const observers = Registry<ProbeKind>::find("patroni")->observers({}, context);
    ASSERT_EQ(observers.size(), 1U);
    {
        std::jthread const watching(
            [&observers](std::stop_token stop) { observers[0]->watch(std::move(stop)); });
        Instant const give_up = clock.now() + seconds(10);
        while (members.all().empty() && clock.now() < give_up) clock.sleep_for(milliseconds(5), {});
    }
    auto const seen = members.all();
    ASSERT_FALSE(seen.empty());
    EXPECT_TRUE(seen[0].holds_lock);
    EXPECT_TRUE(seen[0].writable);
    EXPECT_EQ(seen[0].timeline, 3);
    EXPECT_EQ(seen[0].previous, record::Offset(-1)) << "the first whole look";
    EXPECT_LT(unanswered.load(), 0);
}

}  // namespace
}  // namespace interregnum::test
