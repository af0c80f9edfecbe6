// SPDX-License-Identifier: MIT
// Customers against peers that behave as a test wants.
#include <atomic>
#include <mutex>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "harness/probe.h"
#include "probes/session/postgres.h"
#include "probes/session/web.h"
#include "tests/unit/support/fake_peer.h"

namespace interregnum::test {
namespace {

using record::Outcome;
using std::chrono::milliseconds;

Instant in(Duration span) { return SteadyClock{}.now() + span; }

/// Answers each piece that comes with the next answer; then says nothing more.
FakePeer::Script answers(std::vector<std::string> texts) {
    return [texts = std::move(texts)](int socket, std::stop_token const& stop) {
        for (std::string const& text : texts) {
            if (!wait_for_bytes(socket, stop)) return;
            send_all(socket, text);
        }
        hold(stop);
    };
}

/// What came to a peer.
class Heard {
public:
    void add(std::string_view bytes) {
        std::scoped_lock const lock(mutex_);
        bytes_ += bytes;
    }
    /// The seconds that SET was told with EX, in order.
    [[nodiscard]] std::vector<std::int64_t> lifetimes_s() const {
        constexpr std::string_view mark = "\r\nEX\r\n$";
        std::scoped_lock const lock(mutex_);
        std::vector<std::int64_t> found;
        for (auto at = bytes_.find(mark); at != std::string::npos; at = bytes_.find(mark, at + 1))
            found.push_back(std::stoll(bytes_.substr(bytes_.find('\n', at + mark.size()) + 1)));
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::string bytes_;
};

/// As `answers`, and keeps what it got.
FakePeer::Script answers(std::vector<std::string> texts, Heard& heard) {
    return [texts = std::move(texts), &heard](int socket, std::stop_token const& stop) {
        for (std::string const& text : texts) {
            heard.add(take_bytes(socket, stop));
            send_all(socket, text);
        }
        hold(stop);
    };
}

std::unique_ptr<Customer> worker(ProbeContext const& context, std::uint16_t port,
                                 bool socket_timeout) {
    ProbeKind const* kind = Registry<ProbeKind>::find("tasks");
    Options options = fallback_options(kind->options);
    options.set("socket_timeout", socket_timeout);
    return kind->customer(options, context, {.connection = record::Connection::kept},
                          {.entry = "worker here", .host = "127.0.0.1", .port = port}, 0);
}

record::Attempt act(Customer& customer, Duration limit) {
    record::Attempt attempt;
    customer.act(attempt, in(limit));
    return attempt;
}

TEST(Worker, DialsAnewWhereNobodyAnswersAnyMore) {
    std::atomic<int> connections{};
    FakePeer const peer([&](int socket, std::stop_token const& stop) {
        if (++connections > 1) return answers({"+PONG\r\n", "*-1\r\n"})(socket, stop);
        if (wait_for_bytes(socket, stop)) send_all(socket, "+PONG\r\n");
        while (wait_for_bytes(socket, stop)) continue;  // until the worker hangs up
    });
    ProbeContext const context;
    auto const careful = worker(context, peer.port(), true);
    record::Attempt const cut = act(*careful, milliseconds(100));
    EXPECT_EQ(cut.error, "timeout");
    EXPECT_EQ(cut.token, "");
    EXPECT_EQ(act(*careful, std::chrono::seconds(5)).outcome, Outcome::ok);
    EXPECT_EQ(connections, 2);
}

TEST(Worker, WithoutASocketTimeoutIsSeenToHangAndWakesUpWithTheConnection) {
    FakePeer const peer([](int socket, std::stop_token const& stop) {
        if (!wait_for_bytes(socket, stop)) return;
        send_all(socket, "+PONG\r\n");
        static_cast<void>(wait_for_bytes(socket, stop));  // BRPOP, never answered in time
        SteadyClock clock;
        clock.sleep_for(milliseconds(350), stop);
        send_all(socket, "*-1\r\n");
        hold(stop);
    });
    ProbeContext const context;
    auto const celery = worker(context, peer.port(), false);
    for (int i = 0; i < 2; ++i) {
        record::Attempt const hung = act(*celery, milliseconds(100));
        EXPECT_EQ(hung.outcome, Outcome::failed);
        EXPECT_EQ(hung.error, "worker_hung") << hung.detail;
    }
    // The same BRPOP is answered after all: it had never been given up.
    record::Attempt const woken = act(*celery, std::chrono::seconds(5));
    EXPECT_EQ(woken.outcome, Outcome::ok) << woken.error;
}

TEST(Worker, CountsATaskAndTellsWhoWaits) {
    FakePeer const peer(
        answers({"+PONG\r\n", "*2\r\n$1\r\nq\r\n$3\r\n1-7\r\n", ":1\r\n", ":1\r\n", ":1\r\n"}));
    ProbeContext const context;
    auto const careful = worker(context, peer.port(), true);
    record::Attempt const done = act(*careful, std::chrono::seconds(5));
    EXPECT_EQ(done.outcome, Outcome::ok) << done.error;
    EXPECT_EQ(done.id, 1);
}

std::unique_ptr<Customer> cache_customer(ProbeContext const& context, FakePeer const& peer,
                                         Duration wait) {
    ProbeKind const* kind = Registry<ProbeKind>::find("cache");
    Options options = fallback_options(kind->options);
    options.set("wait", wait);
    return kind->customer(options, context, {.connection = record::Connection::kept},
                          {.entry = "here", .host = "127.0.0.1", .port = peer.port()}, 0);
}

TEST(Cache, NotesWhatWaitSaidAndNeverLetsItSpoilTheAnswer) {
    ProbeContext const context;
    auto const seconds = std::chrono::seconds(5);
    FakePeer const confirmed(answers({"+PONG\r\n", "+OK\r\n", ":2\r\n"}));
    EXPECT_EQ(act(*cache_customer(context, confirmed, milliseconds(100)), seconds).replicas, 2);
    FakePeer const alone(answers({"+PONG\r\n", "+OK\r\n", ":0\r\n"}));
    EXPECT_EQ(act(*cache_customer(context, alone, milliseconds(100)), seconds).replicas, 0);
    // Who may not say WAIT, or had no answer to it, or did not ask: the write was acknowledged.
    FakePeer const refusing(answers({"+PONG\r\n", "+OK\r\n", "-NOPERM no\r\n"}));
    FakePeer const silent(answers({"+PONG\r\n", "+OK\r\n"}));
    FakePeer const unasked(answers({"+PONG\r\n", "+OK\r\n", ":1\r\n"}));
    using Case = std::pair<FakePeer const*, Duration>;
    for (auto const& [peer, wait] :
         {Case{&refusing, seconds}, Case{&silent, seconds}, Case{&unasked, Duration::zero()}}) {
        record::Attempt const attempt =
            act(*cache_customer(context, *peer, wait), milliseconds(1500));
        EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.error;
        EXPECT_EQ(attempt.replicas, -1);
    }
    // A write that was refused is not asked about, though an answer would come.
    FakePeer const read_only(answers({"+PONG\r\n", "-READONLY no\r\n", ":1\r\n"}));
    EXPECT_EQ(act(*cache_customer(context, read_only, seconds), seconds).replicas, -1);
}

TEST(Cache, IsDoneWhenItsWriteIsAnswered) {
    ProbeContext const context{.origin = SteadyClock{}.now()};
    FakePeer const silent(answers({"+PONG\r\n", "+OK\r\n"}));
    auto const customer = cache_customer(context, silent, std::chrono::seconds(5));
    record::Attempt const attempt = act(*customer, milliseconds(1500));
    Duration const returned = SteadyClock{}.now() - context.origin;
    EXPECT_GE(returned, milliseconds(1500));
    // The wait for WAIT's answer, all that was left of the deadline, is not the customer's.
    EXPECT_GT(attempt.finished, Duration::zero());
    EXPECT_LT(attempt.finished, returned - milliseconds(100));
}

std::unique_ptr<Customer> cart_customer(ProbeContext const& context, FakePeer const& peer) {
    ProbeKind const* kind = Registry<ProbeKind>::find("carts");
    return kind->customer(fallback_options(kind->options), context,
                          {.connection = record::Connection::fresh},
                          {.entry = "here", .host = "127.0.0.1", .port = peer.port()}, 0);
}

TEST(Keys, ThatAreReadBackOutliveTheLongestDrill) {
    constexpr std::int64_t longest_drill_s = std::int64_t{12} * 60 * 60;
    ProbeContext const context;
    Heard cached;
    FakePeer const cache(answers({"+PONG\r\n", "+OK\r\n"}, cached));
    EXPECT_EQ(act(*cache_customer(context, cache, Duration::zero()), std::chrono::seconds(5)).error,
              "");
    Heard filled;
    FakePeer const carts(answers(
        {"+PONG\r\n", "+OK\r\n", "+OK\r\n", ":1\r\n", "+OK\r\n", ":1\r\n", ":1\r\n"}, filled));
    EXPECT_EQ(act(*cart_customer(context, carts), std::chrono::seconds(5)).error, "");
    EXPECT_EQ(cached.lifetimes_s().size(), 1U);
    EXPECT_EQ(filled.lifetimes_s().size(), 2U) << "the session and the cart";
    for (Heard const* heard : {&cached, &filled})
        for (std::int64_t const lifetime_s : heard->lifetimes_s())
            EXPECT_GT(lifetime_s, longest_drill_s);
}

TEST(Carts, SayWhoHoldsTheLockAndWhatTheFenceWas) {
    ProbeContext const context;
    auto const customer = [&](FakePeer const& peer) { return cart_customer(context, peer); };
    FakePeer const free(
        answers({"+PONG\r\n", "+OK\r\n", "+OK\r\n", ":41\r\n", "+OK\r\n", ":1\r\n", ":1\r\n"}));
    record::Attempt const bought = act(*customer(free), std::chrono::seconds(5));
    EXPECT_EQ(bought.outcome, Outcome::ok) << bought.error;
    EXPECT_EQ(bought.id, 41);
    EXPECT_EQ(bought.replicas, 1);
    FakePeer const taken(answers({"+PONG\r\n", "+OK\r\n", "$-1\r\n"}));
    record::Attempt const refused = act(*customer(taken), std::chrono::seconds(5));
    EXPECT_EQ(refused.outcome, Outcome::failed);
    EXPECT_EQ(refused.error, "lock_taken");
    // Cut off before the cart was written: there is none. While it was: nobody knows.
    FakePeer const early(answers({"+PONG\r\n", "+OK\r\n", "+OK\r\n"}));
    EXPECT_EQ(act(*customer(early), milliseconds(100)).outcome, Outcome::failed);
    FakePeer const late(answers({"+PONG\r\n", "+OK\r\n", "+OK\r\n", ":42\r\n"}));
    EXPECT_EQ(act(*customer(late), std::chrono::seconds(1)).outcome, Outcome::unknown);
}

TEST(Carts, AreDoneWhenTheCartIsFilled) {
    ProbeContext const context{.origin = SteadyClock{}.now()};
    // Cut off after the cart's own answer: the lock's end and WAIT have none.
    FakePeer const silent(answers({"+PONG\r\n", "+OK\r\n", "+OK\r\n", ":41\r\n", "+OK\r\n"}));
    record::Attempt const attempt = act(*cart_customer(context, silent), milliseconds(1500));
    Duration const returned = SteadyClock{}.now() - context.origin;
    EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.error;
    EXPECT_GE(returned, milliseconds(1500));
    EXPECT_GT(attempt.finished, Duration::zero());
    EXPECT_LT(attempt.finished, returned - milliseconds(100));
}

TEST(Web, TakesAPageAndJudgesIt) {
    FakePeer const peer(answers({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}));
    WebClient client("http://127.0.0.1:" + std::to_string(peer.port()) + "/shop", true);
    WebAnswer answer;
    Ending const ending = client.get(in(std::chrono::seconds(5)), answer);
    ASSERT_TRUE(ending.good()) << ending.detail;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(wrong_with_answer(answer, 200, "hell"), "");
    EXPECT_EQ(wrong_with_answer(answer, 204, ""), "expected status 204, got 200");
    EXPECT_EQ(wrong_with_answer(answer, 200, "sold"), "expected \"sold\" in the body of 5 bytes");
}

TEST(Web, KeepsItsDeadlineAndNeverGuesses) {
    struct Case {
        std::string port;
        std::string_view error;
    };
    FakePeer const silent([](int, std::stop_token const& stop) { hold(stop); });
    FakePeer const closing([](int socket, std::stop_token const& stop) {
        static_cast<void>(wait_for_bytes(socket, stop));
    });
    BlackHole const hole;
    for (Case const& one : {Case{std::to_string(silent.port()), "timeout"},
                            Case{std::to_string(closing.port()), "connection_lost"},
                            Case{std::to_string(hole.port()), "connect_timeout"},
                            Case{std::to_string(closed_port()), "connect_refused"}}) {
        WebClient client("http://127.0.0.1:" + one.port + "/", false);
        WebAnswer answer;
        Instant const start = SteadyClock{}.now();
        OutcomeClass const judged = judge_web(client.get(in(milliseconds(200)), answer));
        // Without a deadline of ours libcurl would wait minutes: a busy machine may take its time.
        EXPECT_LE(SteadyClock{}.now() - start, milliseconds(2000)) << one.error;
        EXPECT_EQ(judged.outcome, Outcome::failed) << one.error;
        EXPECT_EQ(judged.error, one.error);
    }
}

TEST(Web, RefusesWhatIsNoPage) {
    EXPECT_EQ(wrong_with_url("https://shop.example/a?b=c"), "");
    EXPECT_EQ(wrong_with_url("http://[::1]:8080"), "");
    for (char const* url : {"ftp://a/", "shop.example", "http://", "http:///x", "http://u:p@a/",
                            "http://a/ b", "file:///etc/passwd"})
        EXPECT_NE(wrong_with_url(url), "") << url;
}

TEST(MultiHost, GoesOnFromWhoIsSilentAndWhoIsReadOnly) {
    // The same port on several addresses of the loopback, as a cluster's nodes have it: only
    // 127.0.0.1 listens; the others refuse.
    FakePeer const peer([](int socket, std::stop_token const& stop) {
        pg_login(socket, stop);
        hold(stop);
    });
    PostgresConnection session(
        PostgresAccess{.user = "drill", .dbname = "drill", .sslmode = "disable"},
        Endpoint{.entry = "multi", .host = "127.0.0.3,127.0.0.2,127.0.0.1", .port = peer.port()});
    Ending const ending = session.connect(in(std::chrono::seconds(5)));
    EXPECT_TRUE(ending.good()) << ending.detail;
}

TEST(MultiHost, SharesTheDeadlineOut) {
    BlackHole const hole;
    Duration quickest = Duration::max();
    // A busy machine may hold one of them up; a deadline given to each host is late every time.
    for (int tried = 0; tried < 3 && quickest >= milliseconds(400); ++tried) {
        PostgresConnection session(
            PostgresAccess{.user = "drill", .dbname = "drill", .sslmode = "disable"},
            Endpoint{.entry = "multi", .host = "127.0.0.1,127.0.0.1", .port = hole.port()});
        Instant const start = SteadyClock{}.now();
        Ending const ending = session.connect(start + milliseconds(200));
        Duration const took = SteadyClock{}.now() - start;
        EXPECT_EQ(ending.cause, EndCause::deadline);
        EXPECT_EQ(ending.phase, RequestPhase::connecting);
        EXPECT_GE(took, milliseconds(199));
        quickest = std::min(quickest, took);
    }
    EXPECT_LT(quickest, milliseconds(400));
}

}  // namespace
}  // namespace interregnum::test
