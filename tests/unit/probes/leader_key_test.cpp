// SPDX-License-Identifier: MIT
// The leader key watched through members of etcd that lag, die and tell things twice.
#include <array>
#include <atomic>
#include <functional>
#include <mutex>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "harness/probe.h"
#include "tests/unit/support/fake_peer.h"

namespace interregnum::test {
namespace {

using record::LeaderKeySeen;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Kept final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        events_.push_back(std::move(event));
    }
    template <class Kind>
    [[nodiscard]] std::vector<Kind> all() const {
        std::scoped_lock const lock(mutex_);
        std::vector<Kind> found;
        for (record::Event const& event : events_)
            if (auto const* one = std::get_if<Kind>(&event)) found.push_back(*one);
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<record::Event> events_;
};

/// A whole request with a body; "" when the peer is gone.
std::string read_request(int socket, std::stop_token const& stop) {
    std::string request;
    std::array<char, 4096> piece{};
    while (!stop.stop_requested() && !request.contains("}")) {
        timeval const wait{.tv_sec = 0, .tv_usec = 10'000};
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
        ssize_t const got = recv(socket, piece.data(), piece.size(), 0);
        if (got == 0) return {};
        if (got > 0) request.append(piece.data(), static_cast<std::size_t>(got));
    }
    return request;
}

constexpr std::string_view head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
std::string created(std::int64_t revision) {
    return fmt::format("{{\"result\":{{\"header\":{{\"revision\":\"{}\"}},\"created\":true}}}}\n",
                       revision);
}

std::string taken(int revision, char const* value) {
    return fmt::format(
        "{{\"result\":{{\"header\":{{}},\"events\":[{{\"kv\":{{"
        "\"mod_revision\":\"{}\",\"value\":\"{}\"}}}}]}}}}\n",
        revision, value);
}

std::string gone(int revision) {
    return fmt::format(
        "{{\"result\":{{\"header\":{{}},\"events\":[{{\"type\":\"DELETE\",\"kv\":{{"
        "\"mod_revision\":\"{}\"}}}}]}}}}\n",
        revision);
}

/// A member of etcd: how the key stands, and what each watch is told; it keeps what it was asked.
class Member {
public:
    using Watch = std::function<void(int socket, int number, std::stop_token const& stop)>;
    /// Of the reads, it answers the first `reads`: then it has lost the others, and its quorum.
    Member(std::string range, Watch watch, int reads = 1000)
        : range_(std::move(range)),
          watch_(std::move(watch)),
          reads_left_(reads),
          peer_([this](int socket, auto stop) {
              std::string const request = read_request(socket, stop);
              if (request.contains("/v3/kv/range")) {
                  if (--reads_left_ < 0) return hold(stop);
                  return send_all(socket, answer(range_now()));
              }
              if (!request.contains("/v3/watch")) return;
              int number = 0;
              {
                  std::scoped_lock const lock(mutex_);
                  watches_.push_back(request.substr(request.find("{\"create")));
                  number = static_cast<int>(watches_.size());
              }
              send_all(socket, std::string(head) + created(number == 1 ? 9 : revision_later));
              watch_(socket, number, stop);
          }) {}
    static constexpr std::int64_t revision_later = 13;  ///< of its store at its second watch
    [[nodiscard]] std::uint16_t port() const { return peer_.port(); }
    [[nodiscard]] std::vector<std::string> watches() const {
        std::scoped_lock const lock(mutex_);
        return watches_;
    }

private:
    static std::string answer(std::string const& body) { return std::string(head) + body; }
    /// The store goes on, whether the key changes or not.
    [[nodiscard]] std::string range_now() const {
        std::string range = range_;
        std::string const first = R"("revision":"9")";
        if (std::size_t const at = range.find(first); !watches().empty() && at != range.npos)
            range.replace(at, first.size(), fmt::format(R"("revision":"{}")", revision_later));
        return range;
    }
    std::string range_;
    Watch watch_;
    std::atomic<int> reads_left_;
    mutable std::mutex mutex_;
    std::vector<std::string> watches_;
    FakePeer peer_;
};

constexpr char const* db1 = "ZGIx";
constexpr char const* db2 = "ZGIy";
constexpr char const* held_at_7 =
    R"({"header":{"revision":"9"},"kvs":[{"mod_revision":"7","value":"ZGIx"}]})";

class LeaderKeyWatch : public testing::Test {
protected:
    /// Watches through these members until so many changes came, or 10 s.
    void watch(std::vector<std::uint16_t> const& ports, std::size_t changes) {
        watch_until(ports, [&] { return kept_.all<LeaderKeySeen>().size() >= changes; });
    }

    void watch_until(std::vector<std::uint16_t> const& ports, std::function<bool()> const& done) {
        context_.clock = &clock_;
        context_.sink = &kept_;
        context_.origin = clock_.now();
        context_.patroni_scope = "shop";
        context_.patroni_namespace = "/service";
        for (std::uint16_t const port : ports)
            context_.nodes.push_back({.name = fmt::format("db{}", context_.nodes.size() + 1),
                                      .address = "127.0.0.1",
                                      .group = "db",
                                      .patroni_port = closed_port(),
                                      .etcd_port = port});
        auto const observers = Registry<ProbeKind>::find("leader_key")->observers({}, context_);
        std::vector<std::jthread> threads;
        for (auto const& observer : observers)
            threads.emplace_back([&observer](std::stop_token stop) { observer->watch(stop); });
        Instant const give_up = clock_.now() + seconds(10);
        while (!done() && clock_.now() < give_up) clock_.sleep_for(milliseconds(5), {});
        clock_.sleep_for(milliseconds(50), {});  // what comes twice would come now
    }

    [[nodiscard]] std::string told() const {
        std::string text;
        for (LeaderKeySeen const& seen : kept_.all<LeaderKeySeen>())
            text +=
                fmt::format("{}{}={} ", seen.initial ? "initial " : "", seen.revision, seen.holder);
        return text;
    }

    SteadyClock clock_;
    Kept kept_;
    ProbeContext context_;
};

TEST_F(LeaderKeyWatch, TellsEachChangeOnceHoweverManyTellIt) {
    auto const tells = [](int socket, int, std::stop_token const& stop) {
        send_all(socket, gone(11));
        send_all(socket, taken(12, db2));
        hold(stop);
    };
    Member const one(held_at_7, tells);
    Member const two(held_at_7, tells);
    watch({one.port(), two.port()}, 3);
    EXPECT_EQ(told(), "initial 7=db1 11= 12=db2 ");
    EXPECT_EQ(kept_.all<record::ObserverCost>().size(), 2U);
}

TEST_F(LeaderKeyWatch, MissesNothingThatHappenedWhileAMemberWasAway) {
    Member const member(held_at_7, [](int socket, int number, std::stop_token const& stop) {
        if (number == 1) return send_all(socket, gone(11));  // and hangs up
        send_all(socket, taken(12, db2) + gone(13) + taken(14, db1));
        hold(stop);
    });
    watch({member.port()}, 5);
    EXPECT_EQ(told(), "initial 7=db1 11= 12=db2 13= 14=db1 ");
    auto const watches = member.watches();
    ASSERT_EQ(watches.size(), 2U);
    EXPECT_TRUE(watches[0].contains("\"start_revision\":\"10\"")) << watches[0];
    EXPECT_TRUE(watches[1].contains("\"start_revision\":\"12\"")) << watches[1];
    // What was pushed needs no bound; what came while it was away lies after the last sign without
    // it: the first watch, which was asked before the first change was told.
    auto const seen = kept_.all<LeaderKeySeen>();
    EXPECT_EQ(seen[1].previous, -1ns);
    for (std::size_t const i : {2U, 3U}) {
        EXPECT_GE(seen[i].previous, seen[0].at) << i;
        EXPECT_LT(seen[i].previous, seen[1].at) << i;
    }
    EXPECT_EQ(seen[4].previous, -1ns) << "after the second watch stood";
}

TEST_F(LeaderKeyWatch, AMemberThatHasLostTheOthersIsNotListenedTo) {
    // It would tell of its old store as if that were how things stand.
    Member const member(
        held_at_7,
        [](int socket, int number, std::stop_token const& stop) {
            if (number == 1) return;  // hangs up
            send_all(socket, taken(14, db2));
            hold(stop);
        },
        2);
    Instant const enough = clock_.now() + milliseconds(1500);
    watch_until({member.port()}, [&] { return clock_.now() >= enough; });
    EXPECT_EQ(member.watches().size(), 1U);
    EXPECT_EQ(told(), "initial 7=db1 ");
}

TEST_F(LeaderKeyWatch, SaysWhenHistoryWasCompactedAway) {
    Member const member(held_at_7, [](int socket, int number, std::stop_token const& stop) {
        if (number == 1)
            return send_all(socket,
                            "{\"result\":{\"header\":{},\"canceled\":true,"
                            "\"compact_revision\":\"50\"}}\n");
        hold(stop);
    });
    // The key stands as it stood, so nothing was missed and nothing is said.
    watch_until({member.port()}, [&] { return member.watches().size() >= 2; });
    EXPECT_EQ(told(), "initial 7=db1 ");
    EXPECT_EQ(member.watches().size(), 2U);
    EXPECT_TRUE(kept_.all<record::Note>().empty());
}

TEST_F(LeaderKeyWatch, AKeyThatIsNotThereIsSaid) {
    Member const member(R"({"header":{"revision":"9"}})",
                        [](int, int, std::stop_token const& stop) { hold(stop); });
    watch({member.port()}, 1);
    EXPECT_EQ(told(), "initial 9= ");
    auto const notes = kept_.all<record::Note>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_TRUE(notes[0].text.contains("/service/shop/leader")) << notes[0].text;
}

TEST_F(LeaderKeyWatch, NonsenseEndsAStreamAndTheOtherMemberIsHeard) {
    Member const broken(held_at_7, [](int socket, int, std::stop_token const&) {
        send_all(socket, "{\"result\":{\"header\":{},\"events\":[{}]}}\n");
    });
    Member const good(held_at_7, [](int socket, int, std::stop_token const& stop) {
        send_all(socket, taken(12, db2));
        hold(stop);
    });
    watch({broken.port(), good.port()}, 2);
    EXPECT_EQ(told(), "initial 7=db1 12=db2 ");
}

}  // namespace
}  // namespace interregnum::test
