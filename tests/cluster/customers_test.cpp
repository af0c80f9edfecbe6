// SPDX-License-Identifier: MIT
// The shop's rules, the ways in, and workers that hang, on the real cluster of the lab.
#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <thread>

#include "harness/engine/loss_notice.h"
#include "harness/engine/way_in.h"
#include "harness/lab/lab.h"
#include "probes/session/postgres.h"
#include "tests/cluster/support/fault_trial.h"
#include "tests/cluster/support/probes_on_lab.h"

namespace interregnum::test {
namespace {

using record::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Customers : public Probes {
protected:
    /// Everything read back from one node.
    void read_back(std::string_view name) {
        std::string const now_leader = leader();
        Status const read = store(name).final_read(context_, now_leader, {}, {});
        ASSERT_TRUE(read.has_value()) << read.error().message;
    }

    Result<SqlRows> ask(std::string const& sql) {
        Endpoint const& entry = context_.write.front();
        auto session = AdminSession::open(context_.postgres, entry.host, entry.port);
        if (!session) return std::unexpected(session.error());
        return session->query(sql);
    }

    Status run(std::string const& sql) {
        Endpoint const& entry = context_.write.front();
        auto session = AdminSession::open(context_.postgres, entry.host, entry.port);
        if (!session) return std::unexpected(session.error());
        return session->run(sql);
    }
};

TEST_F(Customers, VouchersAreUsedSoOftenAndNoMore) {
    Options few;
    few.set("vouchers", std::int64_t{2});
    few.set("max_usages", std::int64_t{4});
    prepare(3, few);
    auto const all = customers("vouchers", few);
    ASSERT_EQ(all.size(), 2U);
    std::array<int, 2> good{};
    {
        // Both entry points at once, 8 attempts each on two vouchers of four uses.
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < all.size(); ++i)
            threads.emplace_back([&, i] {
                for (int number = 0; number < 8; ++number) {
                    record::Attempt attempt{.stream = static_cast<int>(i), .number = number};
                    all[i]->act(attempt, clock_.now() + seconds(3));
                    if (attempt.outcome == Outcome::ok)
                        ++good[i];
                    else
                        EXPECT_EQ(attempt.error, "sold_out") << attempt.detail;
                }
            });
    }
    EXPECT_EQ(good[0] + good[1], 8);
    read_back("shop");
    auto const uses = found("voucher_uses", "");
    EXPECT_EQ(uses.size(), 2U);
    for (auto const& [code, count] : uses) EXPECT_EQ(count, 4) << code;
    EXPECT_EQ(found("vouchers", "").size(), 8U);
    EXPECT_TRUE(found("transactions", "").empty());
    auto const free = ask("SELECT free, blocked FROM interregnum.availability WHERE id = 2");
    ASSERT_TRUE(free.has_value()) << free.error().message;
    EXPECT_EQ(free->number(0, 0), 0);
    EXPECT_EQ(free->number(0, 1), 0);
}

TEST_F(Customers, AvailabilityIsComputedFromCartsVouchersAndOrders) {
    await_routing();
    prepare(3);
    auto const availability = [&] {
        auto const row = ask("SELECT sold, reserved, free FROM interregnum.availability");
        EXPECT_TRUE(row.has_value());
        return std::array{row->number(0, 0), row->number(0, 1), row->number(0, 2)};
    };
    EXPECT_EQ(availability(), (std::array<std::int64_t, 3>{0, 0, 3}));
    auto const buyer = std::move(customers("tickets").front());
    EXPECT_EQ(act(*buyer, 1, 1).outcome, Outcome::ok);
    EXPECT_EQ(availability(), (std::array<std::int64_t, 3>{1, 0, 2}));
    ASSERT_TRUE(
        run("INSERT INTO interregnum.carts (session, item_id, expires) VALUES "
            "('a', 2, now() + interval '1 hour'), ('b', 2, now() - interval '1 s')"));
    EXPECT_EQ(availability(), (std::array<std::int64_t, 3>{1, 1, 1}));
    EXPECT_EQ(act(*buyer, 1, 2).outcome, Outcome::ok);
    EXPECT_EQ(act(*buyer, 1, 3).error, "sold_out");
    read_back("shop");
    EXPECT_EQ(found("seats", "").size(), 2U);
    for (auto const& [seat, count] : found("seats", "")) EXPECT_EQ(count, 1) << seat;
}

TEST_F(Customers, TransactionsAreAppendedToAndFindWhatWasHalfLost) {
    prepare(3);
    std::int64_t number = 0;
    for (auto const& customer : customers("orders"))
        EXPECT_EQ(act(*customer, 1, number++).outcome, Outcome::ok);
    auto const codes = ask("SELECT min(length(code)), max(length(code)) FROM interregnum.orders");
    EXPECT_EQ(codes->number(0, 0), 5);
    EXPECT_EQ(codes->number(0, 1), 5);
    for (char const* sql :
         {"UPDATE interregnum.transactions SET count = -1", "DELETE FROM interregnum.transactions",
          "TRUNCATE interregnum.transactions"}) {
        Status const refused = run(sql);
        ASSERT_FALSE(refused.has_value()) << sql;
        EXPECT_NE(refused.error().message.find("appended"), std::string::npos);
    }
    ASSERT_TRUE(
        run("DELETE FROM interregnum.positions WHERE id = (SELECT min(id) FROM "
            "interregnum.positions)"));
    ASSERT_TRUE(
        run("DELETE FROM interregnum.payments WHERE id = (SELECT max(id) FROM "
            "interregnum.payments)"));
    read_back("shop");
    EXPECT_EQ(found("transactions", "").size(), 2U);
}

TEST_F(Customers, ComeThroughEveryEntryPointAtOnce) {
    prepare(3);
    Options options;
    options.set("through", std::string("all"));
    options.set("connections", std::string("kept"));
    auto const buyers = customers("orders", options);
    std::string const now_leader = leader();
    std::set<std::string> ways;
    for (std::size_t i = 0; i < buyers.size(); ++i) {
        Endpoint const& entry = plans_[i].entry;
        ways.insert(entry.way);
        record::Attempt const attempt = act(*buyers[i], static_cast<int>(i), 0);
        bool const standby = entry.way == "direct" && !entry.entry.starts_with(now_leader);
        EXPECT_EQ(attempt.outcome, standby ? Outcome::failed : Outcome::ok)
            << entry.entry << ": " << attempt.detail;
        if (standby) {
            EXPECT_EQ(attempt.error, "read_only") << entry.entry;
        } else {
            EXPECT_EQ(attempt.server, now_leader) << entry.entry;
        }
    }
    EXPECT_EQ(ways, (std::set<std::string>{"", "direct", "multi"}));
    auto const readers = customers("reads", options);
    for (std::size_t i = 0; i < readers.size(); ++i) {
        // A replica may be some replay behind the tables, not seconds.
        record::Attempt const attempt = act(*readers[i], static_cast<int>(i), 0);
        EXPECT_EQ(attempt.outcome, Outcome::ok) << plans_[i].entry.entry << attempt.detail;
        EXPECT_GE(attempt.seen, 0);
        if (plans_[i].entry.way == "multi") {
            EXPECT_NE(attempt.server, now_leader);
        }
    }
}

TEST_F(Customers, SeeTheNewestOrderThatAReplicaHas) {
    prepare(3);
    auto const buyer = std::move(customers("orders").front());
    std::int64_t newest = 0;
    for (int number = 0; number < 5; ++number) newest = act(*buyer, 1, number).id;
    EXPECT_GT(newest, 0);
    auto const readers = customers("reads");
    Instant const give_up = clock_.now() + seconds(10);
    std::int64_t seen = -1;
    while (seen < newest && clock_.now() < give_up) seen = act(*readers.front(), 2, 0).seen;
    EXPECT_EQ(seen, newest);
}

TEST_F(Customers, PrepareTheirStatementOnceAConnection) {
    prepare(3);
    Options options;
    options.set("unlimited", true);
    options.set("clients", std::int64_t{2});
    options.set("prepared", true);
    auto const buyers = customers("orders", options);
    for (int number = 0; number < 4; ++number)
        for (std::size_t i = 0; i < buyers.size(); ++i) {
            // The second time after its connection was dropped under it, as in a storm.
            if (number == 2) buyers[i]->redial(clock_.now() + limit);
            record::Attempt const attempt = act(*buyers[i], static_cast<int>(i), number);
            EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.detail;
        }
    auto const orders = ask("SELECT count(*), count(DISTINCT code) FROM interregnum.orders");
    EXPECT_EQ(orders->number(0, 0), 8);
    EXPECT_EQ(orders->number(0, 1), 8);
}

TEST_F(Customers, FillCartsUnderFencedLocks) {
    await_routing();
    prepare(3);
    std::int64_t fence = 0;
    std::size_t count = 0;
    for (auto const& customer : customers("carts")) {
        for (int number = 0; number < 10; ++number) {
            record::Attempt const attempt = act(*customer, streams_, number);
            EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.detail;
            EXPECT_GT(attempt.id, fence);
            EXPECT_GE(attempt.replicas, 0) << "WAIT had no answer";
            fence = attempt.id;
        }
        ++streams_;
        count += 10;
    }
    read_back("cache");
    EXPECT_EQ(found("carts", "").size(), count);
    ASSERT_TRUE(store("cache").drop(context_, {}).has_value());
}

TEST_F(Customers, AreToldAtOnceWhenWhatTheyBoughtIsGone) {
    await_routing();
    prepare(3);
    std::mutex mutex;
    std::vector<std::string> said;
    LossNotice notice(sink_, [&](std::string text) {
        std::scoped_lock const lock(mutex);
        said.push_back(std::move(text));
    });
    auto const wait_until = [&](auto const& holds) {
        Instant const give_up = clock_.now() + seconds(15);
        while (!holds() && clock_.now() < give_up) clock_.sleep_for(milliseconds(100), {});
        return holds();
    };
    context_.sink = &notice;
    std::vector<std::unique_ptr<Observer>> observers;
    for (std::string_view const name : {"patroni", "replication", "sold"}) {
        ProbeKind const& kind = *Registry<ProbeKind>::find(name);
        for (auto& one : kind.observers(fallback_options(kind.options), context_))
            observers.push_back(std::move(one));
    }
    std::vector<std::jthread> threads;
    for (auto const& observer : observers)
        threads.emplace_back([&](std::stop_token stop) { observer->watch(std::move(stop)); });
    EXPECT_TRUE(wait_until([&] { return !sink_.all<record::ReplicationSeen>().empty(); }));
    notice.write(record::StreamDeclared{.id = 7, .service = record::Service::write});
    auto const buyer = std::move(customers("orders").front());
    for (int number = 0; number < 5; ++number) {
        record::Attempt attempt = act(*buyer, 7, number);
        EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.detail;
        attempt.finished = context_.offset(clock_.now());
        notice.write(attempt);
    }
    EXPECT_TRUE(wait_until([&] {
        auto const looks = sink_.all<record::OrdersSeen>();
        return !looks.empty() && looks.back().node == leader() &&
               looks.back().numbers.size() == 1 && looks.back().numbers[0].stream == 7 &&
               looks.back().numbers[0].last == 4;
    }));
    {
        std::scoped_lock const lock(mutex);
        EXPECT_TRUE(said.empty()) << said[0];
    }
    ASSERT_TRUE(run("UPDATE interregnum.orders SET token = 'elsewhere' WHERE token = '7-3'"));
    EXPECT_TRUE(wait_until([&] {
        std::scoped_lock const lock(mutex);
        return !said.empty();
    }));
    threads.clear();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find("1 order that had been acknowledged is gone from " + leader()),
              std::string::npos)
        << said[0];
    EXPECT_NE(said[0].find("7-3"), std::string::npos) << said[0];
    context_.sink = &sink_;
}

/// A worker's thread, and what became of its attempts.
struct AtWork {
    std::unique_ptr<Customer> worker;
    Sightings book;
    std::jthread thread;

    void begin(ProbeContext const& context) {
        thread = std::jthread([this, &context](std::stop_token const& stop) {
            while (!stop.stop_requested()) {
                record::Attempt attempt{.started = context.offset(context.clock->now())};
                worker->act(attempt, context.clock->now() + seconds(2));
                attempt.finished = context.offset(context.clock->now());
                book.write(attempt);
            }
        });
    }
    [[nodiscard]] std::int64_t count(std::string_view error) const {
        auto const all = book.all<record::Attempt>();
        return std::ranges::count(all, error, &record::Attempt::error);
    }
};

TEST_F(Customers, PutTasksOnTheQueueAndSeeThemDone) {
    await_routing();
    prepare(3);
    auto all = customers("tasks");
    ASSERT_EQ(all.size(), 4U);
    AtWork work{.worker = std::move(all[2]), .book = {}, .thread = {}};
    work.begin(context_);
    for (int number = 0; number < 5; ++number)
        for (int stream = 0; stream < 2; ++stream) {
            record::Attempt const attempt =
                act(*all[static_cast<std::size_t>(stream)], stream, number);
            EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.error << attempt.detail;
        }
    work.thread = {};
    // Nobody works any more: it stays on the queue, and that is known.
    record::Attempt const left = act(*all[0], 0, 99);
    EXPECT_EQ(left.outcome, Outcome::unknown);
    EXPECT_EQ(left.error, "task_not_done");
    read_back("cache");
    auto const done = found("tasks", "");
    EXPECT_EQ(done.size(), 10U);
    for (auto const& [token, count] : done) EXPECT_EQ(count, 1) << token;
    EXPECT_EQ(found("tasks_queued", "").size(), 1U);
    ASSERT_TRUE(store("cache").drop(context_, {}).has_value());
}

TEST_F(Customers, AWorkerWithoutASocketTimeoutHangsAndIsSeenTo) {
    await_routing();
    prepare(3);
    auto lab = FaultBench::lab();
    if (auto const* why = std::get_if<std::string>(&lab)) GTEST_SKIP() << *why;
    FaultBench& bench = *std::get<std::unique_ptr<FaultBench>>(lab);
    Options forever;
    forever.set("socket_timeout", false);
    AtWork celery{.worker = std::move(customers("tasks", forever)[2]), .book = {}, .thread = {}};
    AtWork careful{.worker = std::move(customers("tasks")[2]), .book = {}, .thread = {}};
    ASSERT_EQ(plans_[2].entry.entry, "worker " + context_.cache.front().entry);
    celery.begin(context_);
    careful.begin(context_);
    ASSERT_TRUE(clock_.sleep_for(seconds(3), {}));
    EXPECT_EQ(celery.count("worker_hung"), 0);
    std::string const node =
        context_.cache.front().entry.substr(0, context_.cache.front().entry.find(':'));
    FaultTrial trial(bench, R"({"fault": "connection.blackhole", "target": ")" + node +
                                R"(", "service": "entries", "for": "60s"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    ASSERT_TRUE(clock_.sleep_for(seconds(8), {}));
    std::int64_t const good_before = careful.count("");
    EXPECT_GE(celery.count("worker_hung"), 2);
    EXPECT_EQ(careful.count("timeout"), 1);
    EXPECT_EQ(careful.count("worker_hung"), 0);
    // New connections work: the careful one is back on the queue, the other waits on.
    ASSERT_TRUE(clock_.sleep_for(seconds(4), {}));
    EXPECT_GT(careful.count(""), good_before);
    auto const attempts = celery.book.all<record::Attempt>();
    EXPECT_EQ(attempts.back().error, "worker_hung");
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(trial.unclean().empty());
    celery.thread = {};
    careful.thread = {};
    ASSERT_TRUE(store("cache").drop(context_, {}).has_value());
}

TEST_F(Customers, DialThroughAnSshForward) {
    std::optional<std::string> const file = running_lab();
    ASSERT_TRUE(file.has_value());
    Mistakes mistakes;
    Result<Inventory> inventory = load_inventory(*file, mistakes);
    ASSERT_TRUE(inventory.has_value());
    inventory->via = context_.write.front().entry.substr(0, context_.write.front().entry.find(':'));
    auto const way_in = open_way_in(*inventory, false, context_, {});
    ASSERT_TRUE(way_in.has_value()) << way_in.error().message;
    ASSERT_NE(*way_in, nullptr);
    EXPECT_GT((*way_in)->delay(), Duration::zero());
    EXPECT_LT((*way_in)->delay(), milliseconds(200));
    std::vector<std::string> notes;
    note_way_in(*inventory, way_in->get(), notes);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_TRUE(notes.front().contains(inventory->via)) << notes.front();
    await_routing();
    prepare(3);
    Options options;
    options.set("through", std::string("all"));
    auto const buyers = customers("orders", options);
    std::set<std::string> good_ways;
    for (std::size_t i = 0; i < buyers.size(); ++i)
        for (int number = 0; number < 3; ++number)
            if (act(*buyers[i], static_cast<int>(i), number).outcome == Outcome::ok)
                good_ways.insert(plans_[i].entry.way);
    EXPECT_EQ(good_ways, (std::set<std::string>{"", "direct", "multi", "via " + inventory->via}));
    for (auto const& ticket : customers("tickets")) {
        record::Attempt const attempt = act(*ticket, 90, streams_++);
        EXPECT_EQ(attempt.outcome, Outcome::ok) << attempt.detail;
    }
    // The forwards end here; the shop is dropped without them.
    context_.write = context_.plain.write;
}

}  // namespace
}  // namespace interregnum::test
