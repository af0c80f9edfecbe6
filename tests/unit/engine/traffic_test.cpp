// SPDX-License-Identifier: MIT
// The clients of a run, with customers that do as a test says.
#include "harness/engine/traffic.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class Book final : public record::Sink {
public:
    void write(record::Event event) override {
        std::scoped_lock const lock(mutex_);
        if (auto* attempt = std::get_if<record::Attempt>(&event)) attempts.push_back(*attempt);
        if (auto* fact = std::get_if<record::Fact>(&event)) facts.push_back(*fact);
        if (auto* stream = std::get_if<record::StreamDeclared>(&event)) streams.push_back(*stream);
    }
    std::vector<record::Attempt> attempts;
    std::vector<record::Fact> facts;
    std::vector<record::StreamDeclared> streams;

private:
    std::mutex mutex_;
};

StreamPlan wanted;                  // what the customer under test plans
std::vector<StreamPlan> workers;    // and who works for it, 10 ms each time
std::atomic<int> redials;           // over all clients
std::atomic<std::int64_t> busy_ms;  // how long an attempt takes
std::atomic<bool> failing;

class Scripted final : public Customer {
public:
    Scripted(ProbeContext const& context, bool works) : clock_(*context.clock), works_(works) {}
    void act(record::Attempt& attempt, Instant /*deadline*/) override {
        clock_.sleep_for(std::chrono::milliseconds(works_ ? 10 : busy_ms.load()), {});
        attempt.outcome = failing ? record::Outcome::failed : record::Outcome::ok;
    }
    void redial(Instant /*deadline*/) override { ++redials; }

private:
    Clock& clock_;
    bool works_;
};

ProbeKind const kind{
    .name = "scripted",
    .summary = "",
    .role = ProbeKind::Role::customer,
    .streams = [](Options const&, ProbeContext const&) -> Result<std::vector<StreamPlan>> {
        std::vector<StreamPlan> plans{wanted};
        plans.insert(plans.end(), workers.begin(), workers.end());
        return plans;
    },
    .customer = [](Options const&, ProbeContext const& context,
                   record::StreamDeclared const& stream, Endpoint const&,
                   int) -> std::unique_ptr<Customer> {
        return std::make_unique<Scripted>(
            context, stream.closed_loop && stream.service == record::Service::task);
    },
};

class Clients : public testing::Test {
protected:
    void SetUp() override {
        workers.clear();
        redials = 0;
        busy_ms = 0;
        failing = false;
        context_.clock = &clock_;
        context_.sink = &book_;
        context_.origin = clock_.now();
    }

    void play(StreamPlan plan, Duration span) {
        wanted = std::move(plan);
        auto traffic = Traffic::plan({{.probe = &kind, .options = {}}}, context_);
        ASSERT_TRUE(traffic.has_value()) << traffic.error().message;
        (*traffic)->start_customers();
        // The head start, and what was asked for.
        clock_.sleep_for(200ms + wanted.clients * 1ms + span, {});
        stopped_ = context_.offset(clock_.now());
        (*traffic)->stop_customers();
    }

    record::Offset stopped_{};
    SteadyClock clock_;
    Book book_;
    ProbeContext context_;
};

TEST_F(Clients, AreWorkedForUntilTheLastOfThemIsDone) {
    busy_ms = 400;
    workers = {{.service = record::Service::task,
                .entry = {.entry = "worker here:1"},
                .deadline = 1s,
                .clients = 1,
                .closed_loop = true}};
    play({.service = record::Service::task,
          .entry = {.entry = "here:1"},
          .period = 20ms,
          .deadline = 1s,
          .clients = 60},
         500ms);
    record::Offset last_asked{};
    record::Offset last_worked{};
    for (auto const& attempt : book_.attempts) {
        auto& last = attempt.stream == 1 ? last_asked : last_worked;
        last = std::max(last, attempt.finished);
    }
    EXPECT_GE(last_asked, stopped_) << "some were under way";
    EXPECT_GE(last_worked + 200ms, last_asked) << "a machine may be slow to let them run";
}

TEST_F(Clients, KeepAGridOfSeveralHundredAttemptsASecond) {
    play({.entry = {.entry = "here:1", .way = "multi", .way_delay = 3ms},
          .period = 2ms,
          .deadline = 1s,
          .clients = 300},
         500ms);
    std::set<std::int64_t> numbers;
    for (auto const& attempt : book_.attempts) {
        numbers.insert(attempt.number);
        EXPECT_GE(attempt.started, attempt.due);
    }
    EXPECT_EQ(numbers.size(), book_.attempts.size());
    EXPECT_GE(numbers.size(), 200U);
    // The grid has no holes: what is due is tried. Of what was due in the last moments before the
    // stop, a client that the machine did not let run in time had not begun its own.
    std::int64_t tried = 0;
    while (numbers.contains(tried)) ++tried;
    record::Offset const first = book_.attempts.front().due - book_.attempts.front().number * 2ms;
    EXPECT_GE(first + tried * 2ms, stopped_ - 100ms);
    ASSERT_EQ(book_.streams.size(), 1U);
    EXPECT_EQ(book_.streams[0].way, "multi");
    EXPECT_EQ(book_.streams[0].way_delay, 3ms);
    EXPECT_FALSE(book_.streams[0].closed_loop);
}

TEST_F(Clients, RecordWhatNobodyWasFreeFor) {
    busy_ms = 120;
    play({.period = 10ms, .deadline = 20ms, .clients = 1}, 500ms);
    std::map<std::string, int> by_error;
    for (auto const& attempt : book_.attempts) {
        ++by_error[attempt.error];
        if (attempt.error == "unserved") {
            EXPECT_EQ(attempt.started, attempt.due);
        }
    }
    EXPECT_GE(by_error["unserved"], 20);
    EXPECT_GE(by_error[""], 3);
}

TEST_F(Clients, InAClosedLoopDoTheNextWhenOneHasEnded) {
    busy_ms = 5;
    play({.deadline = 1s, .clients = 4, .closed_loop = true}, 300ms);
    ASSERT_EQ(book_.streams.size(), 1U);
    EXPECT_TRUE(book_.streams[0].closed_loop);
    EXPECT_GE(book_.attempts.size(), 60U);  // 4 clients, 5 ms each: 240 on an idle machine
    std::set<std::int64_t> numbers;
    for (auto const& attempt : book_.attempts) {
        numbers.insert(attempt.number);
        EXPECT_EQ(attempt.due, attempt.started);
    }
    EXPECT_EQ(numbers.size(), book_.attempts.size());
    EXPECT_EQ(static_cast<std::size_t>(*numbers.rbegin()) + 1, numbers.size());
}

TEST_F(Clients, InAClosedLoopDoNotHammerWhoRefuses) {
    failing = true;
    play({.deadline = 1s, .clients = 1, .closed_loop = true}, 300ms);
    EXPECT_LE(book_.attempts.size(), 40U);  // a pause of 10 ms after each
    EXPECT_GE(book_.attempts.size(), 1U);   // how many more is the machine's business
}

TEST_F(Clients, RedialTogetherInAStorm) {
    play({.period = 10ms, .deadline = 1s, .clients = 5, .storm = 100ms}, 350ms);
    EXPECT_GE(book_.facts.size(), 2U);
    EXPECT_LE(book_.facts.size(), 4U);
    for (auto const& fact : book_.facts) EXPECT_EQ(fact.name, "connection_storm");
    EXPECT_GE(redials, 10);
    EXPECT_LE(redials, 20);
}

TEST_F(Clients, AreNotMoreThanAControllerCanCarry) {
    wanted = {.period = 1ms, .deadline = 1s, .clients = 2001};
    auto const traffic = Traffic::plan({{.probe = &kind, .options = {}}}, context_);
    ASSERT_FALSE(traffic.has_value());
    EXPECT_NE(traffic.error().message.find("2001"), std::string::npos);
}

}  // namespace
}  // namespace interregnum
