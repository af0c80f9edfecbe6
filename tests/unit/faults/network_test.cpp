// SPDX-License-Identifier: MIT
// Network faults as data: the shapes of partitions, and what nodes would be told.
#include <algorithm>
#include <set>
#include <span>

#include <gtest/gtest.h>

#include "harness/fault.h"
#include "harness/faults/support/packets.h"
#include "harness/faults/support/ports.h"
#include "harness/faults/support/shapes.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

Names numbered(std::size_t count) {
    Names names;
    for (std::size_t index = 0; index < count; ++index)
        names.push_back("n" + std::to_string(index));
    return names;
}

std::set<std::string> heard_by(Cuts const& cuts, Names const& nodes, std::string const& node) {
    std::set<std::string> heard;
    for (std::string const& other : nodes)
        if (cuts.hears(node, other)) heard.insert(other);
    return heard;
}

TEST(Shapes, OfARingEachSeesAMajorityAndNoTwoTheSame) {
    for (std::size_t count = 4; count <= 25; ++count) {
        Names const nodes = numbered(count);
        auto const cuts = majorities_ring(nodes);
        ASSERT_TRUE(cuts) << count;
        std::set<std::set<std::string>> seen;
        for (std::string const& node : nodes) {
            auto const heard = heard_by(*cuts, nodes, node);
            EXPECT_GT(heard.size() * 2, count) << node;
            EXPECT_LT(heard.size(), count) << node;
            EXPECT_TRUE(seen.insert(heard).second) << node << " sees what another one sees";
            for (std::string const& other : heard) EXPECT_TRUE(cuts->hears(other, node));
        }
        EXPECT_EQ(without_majority(*cuts, nodes, nodes), Names{});
    }
    EXPECT_FALSE(majorities_ring(numbered(3)));
}

TEST(Shapes, OfABridgeOnlyTheMiddleReachesBothBanks) {
    for (std::size_t count = 3; count <= 12; ++count) {
        Names const nodes = numbered(count);
        for (std::string const& middle : nodes) {
            Cuts const cuts = bridge(nodes, middle);
            EXPECT_EQ(heard_by(cuts, nodes, middle).size(), count);
            std::size_t smallest = count;
            for (std::string const& node : nodes)
                smallest = std::min(smallest, heard_by(cuts, nodes, node).size());
            EXPECT_EQ(smallest, (count - 1) / 2 + 1);
        }
    }
}

TEST(Shapes, GroupsAreCutOnlyFromEachOther) {
    std::vector<Names> const groups = {{"a", "b"}, {"c"}, {"d", "e"}};
    Cuts const cuts = between_groups(groups, Way::both);
    EXPECT_EQ(cuts.size(), 2U * (2 + 4 + 2));
    EXPECT_TRUE(cuts.hears("a", "b"));
    EXPECT_FALSE(cuts.hears("a", "c"));
    EXPECT_FALSE(cuts.hears("e", "c"));
    EXPECT_TRUE(cuts.hears("a", "stranger"));
}

TEST(Shapes, OneWayIsSeenFromTheFirstGroup) {
    Cuts const in = between_groups({{"a"}, {"b"}}, Way::in);
    EXPECT_FALSE(in.hears("a", "b"));
    EXPECT_TRUE(in.hears("b", "a"));
    Cuts const out = between_groups({{"a"}, {"b"}}, Way::out);
    EXPECT_TRUE(out.hears("a", "b"));
    EXPECT_FALSE(out.hears("b", "a"));
    EXPECT_EQ(without_majority(in, {"a", "b"}, {"a", "b"}), (Names{"a", "b"}));
}

ClusterView three_and_two() {
    ClusterView view;
    for (auto const& [name, address] :
         {std::pair{"db1", "10.0.0.1"}, {"db2", "10.0.0.2"}, {"db3", "2001:db8::3"}})
        view.nodes.push_back({.name = name,
                              .address = address,
                              .group = "db",
                              .patroni_answers = true,
                              .role = "replica"});
    view.nodes[1].role = "leader";
    view.nodes.push_back(
        {.name = "app1", .address = "10.0.0.21", .group = "app", .haproxy_answers = true});
    view.nodes.push_back({.name = "app2", .address = "app2.example", .group = "app"});
    view.ports.entries = {5000, 5001};
    return view;
}

Result<FaultPlan> plan(std::string_view name,
                       std::vector<std::pair<std::string, OptionValue>> values,
                       ClusterView const& view = three_and_two()) {
    FaultKind const* kind = Registry<FaultKind>::find(name);
    if (kind == nullptr) return fail(Error::Kind::not_found, "not registered");
    Options options = fallback_options(kind->options);
    for (auto& [option, value] : values) options.set(option, std::move(value));
    Names const targets = targets_of(*kind, options, view);
    return kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
}

Roles roles(Names names) { return {.names = std::move(names)}; }

FaultCommand const* of(std::vector<FaultCommand> const& commands, std::string const& node) {
    auto const found = std::ranges::find(commands, node, &FaultCommand::node);
    return found == commands.end() ? nullptr : &*found;
}

/// The table and the addresses that a node is told.
std::string told(FaultPlan const& plan, std::string const& node) {
    FaultCommand const* command = of(plan.inject, node);
    std::string text;
    for (std::size_t index = 5; command != nullptr && index < command->argv.size(); ++index)
        text += command->argv[index] + "\n";
    return text;
}

TEST(NetworkPartition, IsolationIsDoneByTheNodeItselfAndExemptsTheWayBack) {
    auto const made = plan("network.partition", {{"isolate", roles({"leader"})}});
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->inject.size(), 1U);
    EXPECT_EQ(made->inject[0].node, "db2");
    std::string const table = told(*made, "db2");
    for (std::string const chain : {"network_partition_in", "network_partition_out"})
        EXPECT_TRUE(table.contains(chain)) << table;
    for (std::string const exempt : {"\"lo\" accept", "@ssh4 accept", "@ssh6 accept",
                                     "169.254.169.254 accept", "nd-neighbor-solicit"})
        EXPECT_LT(table.find(exempt), table.find("drop")) << exempt;
    EXPECT_LT(table.find("@lease accept"), table.find("drop"));
    EXPECT_EQ(made->nodes_lost, Names{"db2"});
    EXPECT_EQ(made->renew.size(), 1U);
    EXPECT_EQ(made->undo.size(), 1U);
    EXPECT_EQ(made->hold, 60s);
}

TEST(NetworkPartition, TheFirstKernelLeaseIsShortWhateverTheLeaseIs) {
    PacketRules const rules{.node = "db1", .kind = "network.partition"};
    EXPECT_TRUE(packet_table("x", rules, 3s).contains("ipv4 timeout 3000ms"));
    auto const made = plan("network.partition", {{"isolate", roles({"leader"})}});
    ASSERT_TRUE(made);
    EXPECT_TRUE(told(*made, "db2").contains("timeout 9667ms")) << "lease 20s, renewed at 6.7s";
    EXPECT_EQ(made->renew[0].argv.back(), "20000ms");
}

TEST(NetworkPartition, HaproxyCutOffFromTheLeaderLeavesTheQuorumAlone) {
    auto const made = plan("network.partition",
                           {{"isolate", roles({"leader"})}, {"from", std::string("haproxy")}});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->inject.size(), 2U);
    EXPECT_TRUE(told(*made, "app1").contains("10.0.0.2\n--\n10.0.0.1\n2001:db8::3\napp2.example"));
    EXPECT_TRUE(told(*made, "db2").contains("10.0.0.21\n--\n"));
    EXPECT_EQ(made->nodes_lost, Names{});
}

TEST(NetworkPartition, OneWayTouchesOnlyWhoIsDeaf) {
    for (auto const& [way, node] : {std::pair{"in", "db2"}, {"out", "app1"}}) {
        auto const made = plan("network.partition", {{"isolate", roles({"leader"})},
                                                     {"from", std::string("app1")},
                                                     {"direction", std::string(way)}});
        ASSERT_TRUE(made) << made.error().message;
        ASSERT_EQ(made->inject.size(), 1U) << way;
        EXPECT_EQ(made->inject[0].node, node);
    }
}

TEST(NetworkPartition, PortsNameServicesAndNeverSsh) {
    auto const made =
        plan("network.partition", {{"isolate", roles({"leader"})}, {"ports", std::string("etcd")}});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(told(*made, "db2").contains("tcp dport { 2379, 2380 } counter name hit drop"));
    EXPECT_TRUE(told(*made, "db2").contains("tcp sport { 2379, 2380 } counter name hit drop"));
    for (std::string const ports : {"ssh", "etcd,ssh", "22", "postgres; reboot"})
        EXPECT_FALSE(plan("network.partition", {{"isolate", roles({"leader"})}, {"ports", ports}}))
            << ports;
    ClusterView view = three_and_two();
    view.ports.entries = {22};
    EXPECT_FALSE(plan("network.partition",
                      {{"isolate", roles({"haproxy"})}, {"from", std::string("clients")}}, view));
}

TEST(NetworkPartition, ClientsAreWhoeverIsNoNode) {
    auto const made = plan("network.partition",
                           {{"isolate", roles({"haproxy"})}, {"from", std::string("clients")}});
    ASSERT_TRUE(made) << made.error().message;
    std::string const table = told(*made, "app1");
    EXPECT_LT(table.find("@peer4 accept"), table.find("drop"));
    EXPECT_TRUE(table.contains("tcp dport { 5000, 5001 }"));
    EXPECT_EQ(made->nodes_lost, Names{"app1"});
}

TEST(NetworkPartition, TheLeaderIsOnTheSideThatIsAskedFor) {
    for (std::uint64_t draw = 0; draw < 6; ++draw) {
        ClusterView view = three_and_two();
        view.draw = draw;
        auto const minority = plan("network.partition", {{"shape", std::string("minority")}}, view);
        ASSERT_TRUE(minority) << minority.error().message;
        // The app nodes still reach everybody.
        EXPECT_EQ(minority->nodes_lost, Names{"db2"});
        auto const majority = plan("network.partition", {{"shape", std::string("majority")}}, view);
        ASSERT_TRUE(majority);
        ASSERT_EQ(majority->nodes_lost.size(), 1U);
        EXPECT_NE(majority->nodes_lost[0], "db2");
    }
}

TEST(NetworkPartition, NonsenseIsRefusedWithAReason) {
    using Values = std::vector<std::pair<std::string, OptionValue>>;
    std::vector<std::pair<Values, std::string>> const wrong = {
        {{}, "one of"},
        {{{"isolate", roles({"leader"})}, {"shape", std::string("halves")}}, "one of"},
        {{{"shape", std::string("halves")}, {"from", std::string("db1")}}, "\"from\""},
        {{{"shape", std::string("majorities-ring")}}, "four"},
        {{{"shape", std::string("halves")}, {"direction", std::string("in")}}, "direction"},
        {{{"groups", std::string("db1")}}, "two groups"},
        {{{"groups", std::string("db1 | db1,db2")}}, "two groups"},
        {{{"groups", std::string("db1 | ")}}, "empty"},
        {{{"groups", std::string("db1 | $(reboot)")}}, "$(reboot)"},
        {{{"groups", std::string("db1 | db2 | db3")}, {"direction", std::string("out")}}, "two"},
        {{{"isolate", roles({"db1"})}, {"from", std::string("-f")}}, "-f"},
        {{{"isolate", roles({"db1"})}, {"from", std::string("db1")}}, "nobody"},
        {{{"isolate", roles({"db1"})}, {"from", std::string("clients,db2")}}, "clients"},
    };
    for (auto const& [values, reason] : wrong) {
        auto const refused = plan("network.partition", values);
        ASSERT_FALSE(refused) << reason;
        EXPECT_TRUE(refused.error().message.contains(reason)) << refused.error().message;
    }
}

TEST(NetworkPartition, ARoleThatNobodyHasNamesNoTargets) {
    FaultKind const& kind = *Registry<FaultKind>::find("network.partition");
    Options options = fallback_options(kind.options);
    options.set("groups", std::string("db1 | redis_master"));
    EXPECT_EQ(targets_of(kind, options, three_and_two()), Names{});
}

TEST(NetworkLoss, IsLostWhereItArrives) {
    auto const made =
        plan("network.loss", {{"target", roles({"leader"})}, {"to", roles({"app1"})}});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->inject.size(), 2U);
    EXPECT_TRUE(told(*made, "app1").contains("numgen random mod 10000 < 1000 counter"));
    EXPECT_FALSE(told(*made, "db2").contains("postrouting"));
    EXPECT_FALSE(plan("network.loss", {{"target", roles({"leader"})}, {"to", roles({"leader"})}}));
}

TEST(NetworkShaping, HasOneLeafWithAllParametersAndSparesSsh) {
    auto const made = plan("network.reorder", {{"target", roles({"leader"})}});
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->inject.size(), 2U);
    Names const& argv = made->inject[0].argv;
    Names const expected = {"r0_f1", "network.reorder", "10gbit",  "1000000b", "limit", "100000",
                            "delay", "100.000ms",       "reorder", "25%",      "--"};
    EXPECT_TRUE(std::ranges::equal(std::span(argv).subspan(4, expected.size()), expected));
    std::string const& table = made->inject[1].argv.at(5);
    EXPECT_LT(table.find("@ssh4 accept"), table.find("meta priority set 7c:20"));
    EXPECT_FALSE(table.contains("drop")) << table;
    EXPECT_EQ(made->undo.size(), 2U);
}

TEST(NetworkShaping, EachKindSaysItsOwnWordsToTc) {
    struct Case {
        std::string kind;
        std::vector<std::pair<std::string, OptionValue>> values;
        Names words;
    };
    std::vector<Case> const cases = {
        {"network.delay",
         {{"delay", Duration(20ms)}, {"jitter", Duration(5ms)}},
         {"delay", "20.000ms", "5.000ms"}},
        {"network.duplicate", {}, {"duplicate", "5%"}},
        {"network.corrupt", {{"percent", std::int64_t{7}}}, {"corrupt", "7%"}},
        {"network.rate", {{"rate", Bytes{64000}}}, {"64000bps", "6000b"}},
    };
    for (Case one : cases) {
        one.values.emplace_back("target", roles({"app1"}));
        auto const made = plan(one.kind, one.values);
        ASSERT_TRUE(made) << one.kind << made.error().message;
        Names const& argv = made->inject.at(0).argv;
        EXPECT_FALSE(std::ranges::search(argv, one.words).empty()) << one.kind;
        FaultKind const& kind = *Registry<FaultKind>::find(one.kind);
        EXPECT_EQ(kind.needs({}).size(), one.kind == "network.rate" ? 2U : 3U);
    }
    EXPECT_FALSE(
        plan("network.delay",
             {{"target", roles({"app1"})}, {"delay", Duration(5ms)}, {"jitter", Duration(6ms)}}));
    EXPECT_FALSE(plan("network.rate", {{"target", roles({"app1"})}, {"rate", Bytes{10}}}));
}

TEST(Connections, AreNamedByTheirService) {
    for (std::string const kind : {"connection.blackhole", "connection.reset"}) {
        auto const made = plan(
            kind, {{"target", roles({"leader"})}, {"service", std::string("postgres, redis")}});
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_NE(std::ranges::find(made->inject.back().argv, "5432 6379"),
                  made->inject.back().argv.end());
        EXPECT_FALSE(plan(kind, {{"target", roles({"leader"})}, {"service", std::string("ssh")}}));
        EXPECT_FALSE(plan(kind, {{"target", roles({"leader"})}, {"service", std::string(" ")}}));
    }
}

TEST(DnsFail, DropsAnswersSoThatAResolverWaits) {
    auto const made = plan("dns.fail", {{"target", roles({"app1"})}});
    ASSERT_TRUE(made) << made.error().message;
    std::string const table = told(*made, "app1");
    EXPECT_TRUE(table.contains("udp sport 53 counter name hit drop"));
    EXPECT_FALSE(table.contains("postrouting"));
    EXPECT_FALSE(table.contains("\"lo\" accept")) << "a local resolver has a cache of its own";
}

}  // namespace
}  // namespace interregnum
