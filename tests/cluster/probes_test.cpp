// SPDX-License-Identifier: MIT
// Customers, stores and observers against the real cluster of the lab.
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "probes/session/postgres.h"
#include "tests/cluster/support/probes_on_lab.h"

namespace interregnum::test {
namespace {

using record::Outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(Probes, WhatCustomersDidIsReadBackFromEveryNode) {
    await_routing();
    prepare(3);
    std::map<std::string, std::set<std::string>> acknowledged;
    int stream = 0;
    int sold_out = 0;
    for (std::string const name : {"orders", "tickets", "reads", "cache"}) {
        for (auto const& customer : customers(name)) {
            ++stream;
            for (int number = 0; number < 3; ++number) {
                record::Attempt const attempt = act(*customer, stream, number);
                EXPECT_LE(took_, limit);
                if (name == "tickets" && acknowledged[name].size() == 3) {
                    EXPECT_EQ(attempt.outcome, Outcome::failed);
                    EXPECT_EQ(attempt.error, "sold_out");
                    ++sold_out;
                    continue;
                }
                EXPECT_EQ(attempt.outcome, Outcome::ok) << name << ": " << attempt.detail;
                acknowledged[name].insert(attempt.token);
                if (name != "cache") {
                    EXPECT_TRUE(attempt.server.starts_with("db"));
                }
                if (name == "orders" || name == "tickets") {
                    EXPECT_GT(attempt.id, 0);
                }
            }
        }
    }
    EXPECT_EQ(acknowledged["tickets"].size(), 3U);
    EXPECT_GT(sold_out, 0);

    std::string const now_leader = leader();
    for (std::string_view const name : {"shop", "cache"}) {
        Status const read = store(name).final_read(context_, now_leader, replicas(now_leader), {});
        ASSERT_TRUE(read.has_value()) << read.error().message;
    }
    for (ProbeNode const& node : context_.nodes) {
        if (node.group != "db") continue;
        for (std::string const kind : {"orders", "tickets"}) {
            auto const rows = found(kind, node.name);
            EXPECT_EQ(rows.size(), acknowledged[kind].size()) << kind << " on " << node.name;
            for (std::string const& token : acknowledged[kind]) {
                auto const row = rows.find(token);
                EXPECT_TRUE(row != rows.end() && row->second == 1) << token << " on " << node.name;
            }
        }
    }
    EXPECT_EQ(found("cache", "").size(), acknowledged["cache"].size());
    for (record::FinalQuota const& quota : sink_.all<record::FinalQuota>()) {
        EXPECT_EQ(quota.size, 3);
        EXPECT_EQ(quota.sold, 3);
    }
    EXPECT_EQ(sink_.all<record::FinalQuota>().size(), 1 + replicas(now_leader).size());
    EXPECT_TRUE(sink_.all<record::Note>().empty());
    ASSERT_TRUE(store("cache").drop(context_, {}).has_value());
}

/// Passes everything on; calls `then` behind the first rows that were read from a leader.
class BehindLeadersRows final : public record::Sink {
public:
    BehindLeadersRows(record::Sink& next, std::function<void()> then)
        : next_(next), then_(std::move(then)) {}
    void write(record::Event event) override {
        auto const* rows = std::get_if<record::FinalRows>(&event);
        bool const leaders = rows != nullptr && rows->role == "leader";
        next_.write(std::move(event));
        if (leaders) then_();
    }

private:
    record::Sink& next_;
    std::function<void()> then_;
};

/// A customer whose last packets were held back: one order, not committed yet. By a name of its
/// own, since the final read waits for statements of ours.
void begin_late_order(PostgresConnection& straggler, Clock const& clock) {
    SqlRows answer;
    ASSERT_TRUE(straggler.connect(clock.now() + seconds(1)).good());
    Ending const begun = straggler.ask_many(
        "BEGIN; SET LOCAL application_name = 'straggler'; "
        "INSERT INTO interregnum.orders (code, token, channel, event_id, status, total) "
        "VALUES ('LATE1', 'late', 'orders', 1, 'p', 0)",
        clock.now() + seconds(1), answer);
    ASSERT_TRUE(begun.good()) << begun.detail;
}

std::vector<Finding> diverged_replicas(Sightings const& sink) {
    record::Record record;
    record.final_rows = sink.all<record::FinalRows>();
    return Registry<CheckKind>::find("diverged_replica")->check(record);
}

TEST_F(Probes, AnOrderThatCommitsDuringTheFinalReadIsNoDifference) {
    prepare(5);
    Endpoint const& entry = context_.write.front();
    PostgresConnection straggler(context_.postgres, entry.host, entry.port);
    ASSERT_NO_FATAL_FAILURE(begin_late_order(straggler, clock_));
    Ending committed;
    std::once_flag once;
    auto const commit = [&] {
        std::call_once(once, [&] {
            SqlRows ignored;
            committed = straggler.ask_many("COMMIT", clock_.now() + seconds(5), ignored);
        });
    };
    // Between the leader's rows and the replicas', if it is let; else while all wait for it.
    BehindLeadersRows sink(sink_, commit);
    context_.sink = &sink;
    std::string const now_leader = leader();
    std::jthread later([&] {
        clock_.sleep_for(seconds(2), {});
        commit();
    });
    Status const read = store("shop").final_read(context_, now_leader, replicas(now_leader), {});
    later.join();
    context_.sink = &sink_;
    EXPECT_TRUE(read.has_value()) << read.error().message;
    EXPECT_TRUE(committed.good()) << committed.detail;
    EXPECT_TRUE(diverged_replicas(sink_).empty()) << diverged_replicas(sink_)[0].sentence;
    for (ProbeNode const& node : context_.nodes)
        if (node.group == "db") {
            EXPECT_EQ(found("orders", node.name).count("late"), 1U) << node.name;
        }
    EXPECT_TRUE(sink_.all<record::Note>().empty());
}

TEST_F(Probes, ReplicasAreNotReadWhileSomebodyMayStillCommit) {
    prepare(5);
    Endpoint const& entry = context_.write.front();
    PostgresConnection straggler(context_.postgres, entry.host, entry.port);
    ASSERT_NO_FATAL_FAILURE(begin_late_order(straggler, clock_));
    std::string const now_leader = leader();
    Status const read = store("shop").final_read(context_, now_leader, replicas(now_leader), {});
    ASSERT_TRUE(read.has_value()) << read.error().message;
    for (record::FinalRows const& rows : sink_.all<record::FinalRows>())
        if (rows.kind == "orders") {
            EXPECT_EQ(rows.source, now_leader);
            EXPECT_TRUE(rows.last);
        }
    EXPECT_TRUE(diverged_replicas(sink_).empty());
    auto const notes = sink_.all<record::Note>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].effect, record::Note::Effect::none);
    EXPECT_TRUE(notes[0].text.contains("the replicas were not read")) << notes[0].text;
}

TEST_F(Probes, OfAShopThatIsGoneAllIsReadAsLost) {
    prepare(5);
    record::Attempt const bought = act(*customers("orders").front(), 1, 1);
    EXPECT_EQ(bought.outcome, Outcome::ok) << bought.detail;
    Endpoint const& entry = context_.write.front();
    auto session = AdminSession::open(context_.postgres, entry.host, entry.port);
    ASSERT_TRUE(session.has_value()) << session.error().message;
    ASSERT_TRUE(session->run("DROP SCHEMA interregnum CASCADE").has_value());
    std::string const now_leader = leader();
    Status const read = store("shop").final_read(context_, now_leader, replicas(now_leader), {});
    ASSERT_TRUE(read.has_value()) << read.error().message;
    std::set<std::string> kinds;
    for (record::FinalRows const& rows : sink_.all<record::FinalRows>()) {
        if (rows.kind == "slots_before") continue;  // said when the shop was made
        kinds.insert(rows.kind);
        EXPECT_EQ(rows.source, now_leader);
        EXPECT_EQ(rows.role, "leader");
        EXPECT_TRUE(rows.rows.empty()) << rows.kind;
        EXPECT_TRUE(rows.last) << rows.kind;
    }
    EXPECT_EQ(kinds, (std::set<std::string>{"orders", "tickets", "vouchers"}));
    auto const notes = sink_.all<record::Note>();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_TRUE(notes[0].text.contains("gone from " + now_leader)) << notes[0].text;
}

TEST_F(Probes, StoresCanBeMadeAndDroppedAgain) {
    prepare(5);
    prepare(7);
    for (int i = 0; i < 2; ++i) {
        for (std::string_view const name : {"shop", "cache"}) {
            Status const dropped = store(name).drop(context_, {});
            EXPECT_TRUE(dropped.has_value()) << dropped.error().message;
        }
    }
}

TEST_F(Probes, ASchemaOfSomebodyElseIsNotTouched) {
    ASSERT_TRUE(store("shop").drop(context_, {}).has_value());
    Endpoint const& entry = context_.write.front();
    auto session = AdminSession::open(context_.postgres, entry.host, entry.port);
    ASSERT_TRUE(session.has_value()) << session.error().message;
    ASSERT_TRUE(session->run("CREATE SCHEMA interregnum; CREATE TABLE interregnum.theirs (a int)")
                    .has_value());
    Status const made = store("shop").prepare(context_, {}, {});
    Status const dropped = store("shop").drop(context_, {});
    auto const theirs = session->query("SELECT to_regclass('interregnum.theirs') IS NOT NULL");
    ASSERT_TRUE(session->run("DROP SCHEMA interregnum CASCADE").has_value());
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().message.find("not ours"), std::string::npos);
    EXPECT_FALSE(dropped.has_value());
    EXPECT_TRUE(theirs && theirs->flag(0, 0));
}

TEST_F(Probes, ALockedTableIsAnUnknownOutcomeAtTheDeadline) {
    prepare(5);
    Endpoint const& entry = context_.write.front();
    PostgresConnection holder(context_.postgres, entry.host, entry.port);
    SqlRows answer;
    ASSERT_TRUE(holder.connect(clock_.now() + limit).good());
    ASSERT_TRUE(holder
                    .ask_many("BEGIN; LOCK TABLE interregnum.orders IN ACCESS EXCLUSIVE MODE",
                              clock_.now() + limit, answer)
                    .good());
    for (auto const& customer : customers("orders")) {
        record::Attempt const attempt = act(*customer, 1, 1);
        EXPECT_EQ(attempt.outcome, Outcome::unknown) << attempt.detail;
        EXPECT_EQ(attempt.error, "timeout");
        EXPECT_GE(took_, limit);
        EXPECT_LE(took_, limit + milliseconds(100));  // the lab shares our processors
    }
}

TEST_F(Probes, ATerminatedBackendIsAnUnknownOutcome) {
    prepare(5);
    Endpoint const& entry = context_.write.front();
    PostgresConnection holder(context_.postgres, entry.host, entry.port);
    SqlRows answer;
    ASSERT_TRUE(holder.connect(clock_.now() + limit).good());
    ASSERT_TRUE(holder
                    .ask_many("BEGIN; LOCK TABLE interregnum.orders IN ACCESS EXCLUSIVE MODE",
                              clock_.now() + limit, answer)
                    .good());
    auto const customer = std::move(customers("orders").front());
    record::Attempt attempt;
    std::jthread buyer([&] { attempt = act(*customer, 1, 1); });
    ASSERT_TRUE(clock_.sleep_for(milliseconds(300), {}));
    Ending const killed = holder.ask_many(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE NOT granted "
        "AND relation = 'interregnum.orders'::regclass",
        clock_.now() + limit, answer);
    buyer.join();
    EXPECT_TRUE(killed.good()) << killed.detail;
    EXPECT_EQ(attempt.outcome, Outcome::unknown) << attempt.detail;
    EXPECT_EQ(attempt.error, "shutdown");
    EXPECT_EQ(attempt.sqlstate, "57P01");
}

TEST_F(Probes, ObserversSeeTheClusterAsItIs) {
    prepare(5);
    std::vector<std::unique_ptr<Observer>> observers;
    for (ProbeKind const* kind : Registry<ProbeKind>::all()) {
        if (kind->role != ProbeKind::Role::observer) continue;
        for (auto& observer : kind->observers(fallback_options(kind->options), context_))
            observers.push_back(std::move(observer));
    }
    {
        std::vector<std::jthread> threads;
        threads.reserve(observers.size());
        for (auto const& observer : observers)
            threads.emplace_back([&observer](std::stop_token stop) { observer->watch(stop); });
        ASSERT_TRUE(clock_.sleep_for(seconds(3), {}));
    }
    std::set<std::string> members;
    std::set<std::string> leaders;
    for (record::MemberSeen const& seen : sink_.all<record::MemberSeen>()) {
        EXPECT_TRUE(seen.reachable) << seen.node;
        EXPECT_LE(seen.asked, seen.at);
        members.insert(seen.node);
        if (seen.holds_lock && seen.writable) leaders.insert(seen.node);
    }
    std::size_t const databases = replicas("").size();
    EXPECT_EQ(members.size(), databases);
    EXPECT_EQ(leaders, std::set<std::string>{leader()});
    std::set<std::string> masters;
    for (auto const& seen : sink_.all<record::RedisMasterSeen>()) masters.insert(seen.master);
    EXPECT_EQ(sink_.all<record::RedisMasterSeen>().size(), databases);
    ASSERT_EQ(masters.size(), 1U);
    EXPECT_TRUE(masters.begin()->starts_with("db"));
    bool some_up = false;
    for (auto const& seen : sink_.all<record::BackendSeen>()) some_up |= seen.status == "UP";
    EXPECT_TRUE(some_up);
    std::map<std::string, std::string> facts;
    for (record::Fact const& fact : sink_.all<record::Fact>()) {
        EXPECT_TRUE(facts.emplace(fact.name, fact.value).second) << fact.name << " twice";
    }
    EXPECT_EQ(facts.size(), 2U + databases);
    // Said by the store when the shop was made.
    EXPECT_EQ(facts["for_sale"], "5");
    for (std::string const& node : members)
        EXPECT_EQ(facts["checksum_failures." + node], "0") << node;
    EXPECT_TRUE(facts["etcd_leader"].starts_with("db")) << facts["etcd_leader"];
    auto const keys = sink_.all<record::LeaderKeySeen>();
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_TRUE(keys[0].initial);
    EXPECT_EQ(keys[0].holder, leader());
    for (record::CanarySeen const& seen : sink_.all<record::CanarySeen>()) {
        EXPECT_EQ(seen.accepted, seen.node == leader()) << seen.node << ": " << seen.error;
        EXPECT_EQ(seen.error, seen.accepted ? "" : "read_only");
        EXPECT_EQ(seen.accepted, seen.timeline > 0 && seen.number == 1);
    }
    EXPECT_EQ(sink_.all<record::CanarySeen>().size(), databases);
    std::map<std::string, int> looks;
    std::set<std::int64_t> timelines;
    for (record::ReplicationSeen const& seen : sink_.all<record::ReplicationSeen>()) {
        ++looks[seen.node];
        timelines.insert(seen.timeline);
        bool const leads = seen.node == leader();
        EXPECT_EQ(seen.in_recovery, !leads) << seen.node;
        EXPECT_EQ(seen.written > 0, leads);
        EXPECT_EQ(seen.received > 0, !leads);
        EXPECT_EQ(seen.replayed > 0, !leads);
        // In synchronous mode Patroni names a standby, of the leader only.
        EXPECT_TRUE(leads || seen.sync_standbys.empty()) << seen.node << seen.sync_standbys;
        EXPECT_FALSE(seen.sync_standbys.contains(seen.node));
        EXPECT_EQ(seen.sync_waited, record::Offset::zero());
    }
    EXPECT_EQ(looks.size(), databases);
    // 30 in 3 s; on a busy machine some come late.
    for (auto const& [node, count] : looks) EXPECT_GT(count, 20) << node;
    EXPECT_EQ(timelines.size(), 1U);
    std::set<std::string> told;
    for (record::ObserverCost const& cost : sink_.all<record::ObserverCost>()) {
        told.insert(cost.observer);
        EXPECT_GT(cost.looks, 0) << cost.observer << " " << cost.node;
        EXPECT_EQ(cost.failed, 0) << cost.observer << " " << cost.node;
    }
    EXPECT_EQ(told.size(), 9U);
    EXPECT_TRUE(sink_.all<record::Note>().empty());
}

}  // namespace
}  // namespace interregnum::test
