// SPDX-License-Identifier: MIT
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "probes/session/looking.h"
#include "probes/session/names.h"
#include "probes/session/streams.h"
#include "probes/shop/schema.h"

namespace interregnum::test {
namespace {

using record::Connection;
using std::chrono::milliseconds;

StreamsWanted wanted(int entries, double rate_per_s, std::string_view connections) {
    StreamsWanted wanted{.list = "write",
                         .rate_per_s = rate_per_s,
                         .modes = modes_of(connections),
                         .deadline = std::chrono::seconds(1)};
    for (int i = 1; i <= entries; ++i)
        wanted.entries.push_back({.entry = "app" + std::to_string(i) + ":5000",
                                  .host = "10.0.0." + std::to_string(i),
                                  .port = 5000});
    return wanted;
}

TEST(Streams, DivideTheRateAndLeaveNoGap) {
    auto const plans = plan_streams(wanted(2, 50, "both"));
    ASSERT_TRUE(plans.has_value());
    ASSERT_EQ(plans->size(), 4U);
    std::set<Duration> offsets;
    for (StreamPlan const& plan : *plans) {
        EXPECT_EQ(plan.period, milliseconds(40));
        offsets.insert(plan.offset);
        EXPECT_EQ(plan.clients, 27);  // 1 s / 40 ms, and two
    }
    EXPECT_EQ(offsets, (std::set<Duration>{milliseconds(0), milliseconds(10), milliseconds(20),
                                           milliseconds(30)}));
    // One mode's entry points are half a period apart.
    EXPECT_EQ(plans->at(1).connection, plans->at(0).connection);
    EXPECT_EQ(plans->at(1).offset - plans->at(0).offset, milliseconds(20));
}

TEST(Streams, KeepAModestNumberOfConnections) {
    auto const plans = plan_streams(wanted(2, 500, "both"));
    ASSERT_TRUE(plans.has_value());
    int kept = 0;
    for (StreamPlan const& plan : *plans) {
        if (plan.connection == Connection::kept)
            kept += plan.clients;
        else
            EXPECT_EQ(plan.clients, 252);
    }
    EXPECT_EQ(kept, kept_connections_limit);
}

TEST(Streams, SayWhatIsWrong) {
    EXPECT_NE(plan_streams(wanted(0, 50, "kept")).error().message.find("\"write\""),
              std::string::npos);
    EXPECT_NE(plan_streams(wanted(1, 100'000, "kept")).error().message.find("clients"),
              std::string::npos);
    EXPECT_FALSE(plan_streams(wanted(1, 1e12, "kept")).has_value());
    StreamsWanted late = wanted(1, 1, "kept");
    late.deadline = std::chrono::minutes(2);
    EXPECT_FALSE(plan_streams(late).has_value());
    StreamsWanted nameless = wanted(1, 1, "kept");
    nameless.entries[0].host = "no-such-host.invalid";
    EXPECT_NE(plan_streams(nameless).error().message.find("no-such-host"), std::string::npos);
}

TEST(Streams, CanBeClosedLoops) {
    auto const plans = plan_closed_loops(wanted(2, 0, "kept"), 9);
    ASSERT_TRUE(plans.has_value()) << plans.error().message;
    ASSERT_EQ(plans->size(), 2U);
    EXPECT_EQ(plans->at(0).clients, 5);
    EXPECT_EQ(plans->at(1).clients, 4);
    for (StreamPlan const& plan : *plans) {
        EXPECT_TRUE(plan.closed_loop);
        EXPECT_EQ(plan.period, Duration::zero());
        EXPECT_EQ(plan.connection, Connection::kept);
    }
    EXPECT_FALSE(plan_closed_loops(wanted(2, 0, "kept"), 1).has_value());
    EXPECT_FALSE(plan_closed_loops(wanted(2, 0, "kept"), 1001).has_value());
}

TEST(Streams, StormOnlyWhatIsKept) {
    StreamsWanted stormy = wanted(1, 10, "both");
    stormy.storm = std::chrono::seconds(30);
    auto const plans = plan_streams(stormy);
    ASSERT_TRUE(plans.has_value());
    for (StreamPlan const& plan : *plans)
        EXPECT_EQ(plan.storm == Duration::zero(), plan.connection == Connection::fresh);
    stormy.storm = milliseconds(10);
    EXPECT_FALSE(plan_streams(stormy).has_value());
}

TEST(Streams, HundredsOfClientsAreServed) {
    auto const plans = plan_streams(wanted(1, 500, "fresh"));
    ASSERT_TRUE(plans.has_value()) << plans.error().message;
    EXPECT_EQ(plans->at(0).clients, 502);
}

TEST(EntryPoints, AreDialledInAllWays) {
    ProbeContext context;
    context.write = wanted(2, 1, "kept").entries;
    for (std::string const name : {"db1", "db2", "app1"})
        context.nodes.push_back({.name = name,
                                 .address = "10.1.0." + name.substr(name.size() - 1),
                                 .group = name.substr(0, name.size() - 1)});
    auto const through = [&](std::string_view way) {
        return entries_through(way, &EntryPoints::write, context, "read-write");
    };
    EXPECT_EQ(through("listed").size(), 2U);
    EXPECT_EQ(through("plain").size(), 2U);
    auto const direct = through("direct");
    ASSERT_EQ(direct.size(), 2U);
    EXPECT_EQ(direct[1].entry, "db2:5432");
    EXPECT_EQ(direct[1].way, "direct");
    auto const multi = through("multi");
    ASSERT_EQ(multi.size(), 1U);
    EXPECT_EQ(multi[0].host, "10.1.0.1,10.1.0.2");
    EXPECT_EQ(multi[0].session_attrs, "read-write");
    EXPECT_EQ(through("all").size(), 5U);

    context.plain.write = context.write;
    for (Endpoint& entry : context.write) entry.way = "via app1";
    EXPECT_EQ(through("listed")[0].way, "via app1");
    EXPECT_EQ(through("plain")[0].way, "");
    EXPECT_EQ(through("all").size(), 7U);
}

TEST(Probes, TasksHaveWorkersAsClosedLoops) {
    ProbeContext context;
    context.cache = wanted(2, 1, "kept").entries;
    ProbeKind const* kind = Registry<ProbeKind>::find("tasks");
    ASSERT_NE(kind, nullptr);
    auto const plans = kind->streams(fallback_options(kind->options), context);
    ASSERT_TRUE(plans.has_value()) << plans.error().message;
    ASSERT_EQ(plans->size(), 4U);
    EXPECT_FALSE(plans->at(0).closed_loop);
    EXPECT_TRUE(plans->at(2).closed_loop);
    EXPECT_EQ(plans->at(2).entry.entry, "worker app1:5000");
    EXPECT_EQ(plans->at(2).clients, 2);
}

TEST(Probes, UnlimitedCustomersAreClosedLoops) {
    ProbeContext context;
    context.write = context.cache = wanted(2, 1, "kept").entries;
    for (char const* name : {"orders", "tickets"}) {
        ProbeKind const* kind = Registry<ProbeKind>::find(name);
        ASSERT_NE(kind, nullptr);
        Options options = fallback_options(kind->options);
        options.set("unlimited", true);
        auto const plans = kind->streams(options, context);
        ASSERT_TRUE(plans.has_value()) << plans.error().message;
        ASSERT_EQ(plans->size(), 2U) << name;
        EXPECT_TRUE(plans->at(0).closed_loop) << name;
        EXPECT_EQ(plans->at(0).clients + plans->at(1).clients, 8) << name;
    }
}

TEST(Probes, PagesAreStreamsOfTheirOwn) {
    ProbeKind const* kind = Registry<ProbeKind>::find("http");
    ASSERT_NE(kind, nullptr);
    Options options = fallback_options(kind->options);
    EXPECT_NE(kind->streams(options, {}).error().message.find("\"urls\""), std::string::npos);
    options.set("urls", Words{{"https://shop.example/", "http://10.0.0.1:8080/health"}});
    auto const plans = kind->streams(options, {});
    ASSERT_TRUE(plans.has_value()) << plans.error().message;
    ASSERT_EQ(plans->size(), 2U);
    EXPECT_EQ(plans->at(0).period, milliseconds(200));
    options.set("urls", Words{{"https://user:secret@shop.example/"}});
    EXPECT_NE(kind->streams(options, {}).error().message.find("password"), std::string::npos);
}

TEST(Probes, CustomersPlanFromTheirFallbacks) {
    ProbeContext context;
    context.write = context.read = context.cache = wanted(2, 1, "kept").entries;
    std::map<std::string_view, std::size_t> const streams{
        {"orders", 4}, {"tickets", 2},  {"reads", 4}, {"cache", 4},
        {"carts", 2},  {"vouchers", 2}, {"tasks", 4}};
    for (auto const& [name, count] : streams) {
        ProbeKind const* kind = Registry<ProbeKind>::find(name);
        ASSERT_NE(kind, nullptr) << name;
        ASSERT_EQ(kind->role, ProbeKind::Role::customer);
        Options const options = fallback_options(kind->options);
        auto const plans = kind->streams(options, context);
        ASSERT_TRUE(plans.has_value()) << plans.error().message;
        EXPECT_EQ(plans->size(), count) << name;
        EXPECT_FALSE(kind->streams(options, ProbeContext{}).has_value());
        for (std::string_view const store : kind->stores)
            EXPECT_NE(Registry<StoreKind>::find(store), nullptr) << store;
    }
}

TEST(Probes, ObserversWatchTheirGroups) {
    ProbeContext context;
    context.redis.master_name = "shop";
    for (std::string const name : {"db1", "db2", "db3", "app1", "app2"})
        context.nodes.push_back(
            {.name = name, .address = "10.0.0.1", .group = name.substr(0, name.size() - 1)});
    auto const count = [&](std::string_view name) {
        ProbeKind const* kind = Registry<ProbeKind>::find(name);
        return kind == nullptr ? 0U : kind->observers(Options{}, context).size();
    };
    EXPECT_EQ(count("patroni"), 3U);
    EXPECT_EQ(count("sentinel"), 3U);
    EXPECT_EQ(count("haproxy"), 2U);
    EXPECT_EQ(count("etcd_leader"), 1U);
}

TEST(Names, NodesTokensAndKeys) {
    ProbeContext context;
    context.run_id = "2026-11-22T03-10-44-kill-leader";
    context.nodes.push_back({.name = "db2", .address = "10.0.0.12"});
    EXPECT_EQ(node_at(context, "10.0.0.12"), "db2");
    EXPECT_EQ(node_at(context, "10.0.0.13"), "10.0.0.13");
    EXPECT_EQ(node_named(context, "db3"), nullptr);
    context.nodes.push_back({.name = "db3", .address = "db3.example", .group = "db"});
    context.nodes.back().addresses = {"10.0.0.13"};
    EXPECT_EQ(server_at(context, "10.0.0.13"), "db3") << "an inventory of host names";
    EXPECT_EQ(server_at(context, "10.0.0.14"), "10.0.0.14");
    EXPECT_EQ(server_at(context, "127.0.0.1"), "") << "a pooler on the server";
    EXPECT_EQ(token_of({.stream = 3, .number = 17}), "3-17");
    EXPECT_EQ(run_keys(context), "interregnum:2026-11-22T03-10-44-kill-leader:");
    EXPECT_EQ(escape_glob("a*b?[c]\\"), "a\\*b\\?\\[c\\]\\\\");
}

TEST(Schema, IsMarkedAndSized) {
    std::string const sql = shop::create_schema({.tickets = 77});
    EXPECT_EQ(sql.find("DROP SCHEMA IF EXISTS interregnum CASCADE;"), 0U);
    EXPECT_NE(sql.find("COMMENT ON SCHEMA interregnum IS '" + std::string(shop::ours) + "'"),
              std::string::npos);
    EXPECT_NE(sql.find("VALUES (1, 1, 'drill', 77)"), std::string::npos);
    // A doubled order has to show: its token may be there twice, its code never.
    std::size_t const token = sql.find("token text");
    ASSERT_NE(token, std::string::npos);
    EXPECT_EQ(sql.substr(token, sql.find('\n', token) - token).find("UNIQUE"), std::string::npos);
    EXPECT_NE(sql.find("code text COLLATE \"C\" NOT NULL UNIQUE"), std::string::npos);
    EXPECT_EQ(sql.find('{'), std::string::npos);
    EXPECT_EQ(sql.find("GUEST"), std::string::npos) << "vouchers only where a customer wants them";
    std::string const more = shop::create_schema({.vouchers = 30, .max_usages = 4});
    EXPECT_NE(more.find("'vouchers', 30 * 4"), std::string::npos);
    EXPECT_EQ(more.find('{'), std::string::npos);
    std::string const shows = shop::create_schema({.tickets = 12, .performances = 3});
    EXPECT_NE(shows.find("'drill ' || p, 12 FROM generate_series(2, 3)"), std::string::npos);
    EXPECT_EQ(shows.find('{'), std::string::npos);
    EXPECT_EQ(sql.find("generate_series(2"), std::string::npos) << "one unless more are wanted";
    for (std::int64_t const show : {1, 2, 3}) {
        EXPECT_NE(shop::ticket_quota(show), shop::voucher_quota);
        EXPECT_NE(std::to_string(shop::ticket_item(show)), shop::voucher_item);
    }
}

TEST(Looking, TellsAMembersRoleAndLag) {
    PatroniStatus replica{.role = "replica", .state = "running", .timeline = 2};
    replica.sync_standby = true;
    replica.replication_state = "streaming";
    replica.location = 1000;
    record::MemberSeen const seen = member_seen("db2", replica, 5000);
    EXPECT_TRUE(seen.reachable);
    EXPECT_EQ(seen.role, "sync_standby");
    EXPECT_EQ(seen.state, "streaming");
    EXPECT_EQ(seen.lag_bytes, 4000);
    EXPECT_FALSE(seen.writable);
    EXPECT_EQ(member_seen("db2", replica, 10).lag_bytes, 0);
    EXPECT_EQ(member_seen("db2", replica, -1).lag_bytes, -1);
    PatroniStatus leader{.role = "leader", .state = "running"};
    EXPECT_TRUE(member_seen("db1", leader, 5000).writable);
    leader.state = "stopped";
    EXPECT_FALSE(member_seen("db1", leader, 5000).writable);
}

TEST(Looking, WritesOnlyWhatChanged) {
    record::MemberSeen const seen{.node = "db1", .reachable = true, .lag_bytes = 100};
    record::MemberSeen later = seen;
    later.at = std::chrono::seconds(3);
    later.lag_bytes = 200'000;
    EXPECT_FALSE(differs(seen, later));
    later.lag_bytes = 2 << 20;
    EXPECT_TRUE(differs(seen, later));
    later = seen;
    later.holds_lock = true;
    EXPECT_TRUE(differs(seen, later));
}

TEST(Looking, ReadsPatroniOfBothAges) {
    auto const old_one = parse_patroni_status(
        R"({"state":"running","role":"master","timeline":1,"xlog":{"location":67108960},)"
        R"("patroni":{"name":"db1"}})");
    ASSERT_TRUE(old_one.has_value());
    EXPECT_EQ(old_one->role, "leader");
    EXPECT_EQ(old_one->location, 67108960);
    auto const replica = parse_patroni_status(
        R"({"state":"running","role":"replica","sync_standby":true,"replication_state":)"
        R"("streaming","xlog":{"received_location":7,"replayed_location":5}})");
    ASSERT_TRUE(replica.has_value());
    EXPECT_TRUE(replica->sync_standby);
    EXPECT_EQ(replica->location, 5);
}

TEST(Looking, PlainHaproxyStatus) {
    EXPECT_EQ(plain_status("UP"), "UP");
    EXPECT_EQ(plain_status("UP 1/3"), "UP");
    EXPECT_EQ(plain_status("MAINT (via a/b)"), "MAINT");
    EXPECT_EQ(plain_status("no check"), "no check");
}

}  // namespace
}  // namespace interregnum::test
