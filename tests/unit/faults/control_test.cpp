// SPDX-License-Identifier: MIT
// Plans of the faults of replication, of the control planes, and of the user's own commands.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "harness/base/process.h"
#include "harness/fault.h"
#include "harness/faults/support/needs.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

ClusterView a_cluster() {
    ClusterView view;
    auto const db = [](std::string name, std::string address, std::string const& role) {
        return NodeView{.name = std::move(name),
                        .address = std::move(address),
                        .group = "db",
                        .patroni_answers = true,
                        .member = role,
                        .role = role,
                        .lag_bytes = 0,
                        .redis_answers = true,
                        .redis_role = role == "leader" ? "master" : "slave",
                        .sentinel_answers = true,
                        .sentinel_master = "db1"};
    };
    view.nodes = {
        db("db1", "10.0.0.1", "leader"), db("db2", "10.0.0.2", "replica"),
        db("db3", "10.0.0.3", "sync_standby"),
        NodeView{.name = "app1", .address = "10.0.0.9", .group = "app", .haproxy_answers = true}};
    for (NodeView& node : view.nodes)
        if (!node.member.empty()) node.member = "member-of-" + node.name;
    view.redis_master_name = "shop";
    view.draw = 0;
    return view;
}

using Values = std::vector<std::pair<std::string, OptionValue>>;

/// For the targets that the options name, as the conductor plans it.
Result<FaultPlan> plan(std::string_view kind_name, Values values,
                       ClusterView const& view = a_cluster()) {
    FaultKind const* kind = Registry<FaultKind>::find(kind_name);
    if (kind == nullptr) return fail(Error::Kind::not_found, "not registered");
    Options options = fallback_options(kind->options);
    for (auto& [name, value] : values) options.set(name, std::move(value));
    std::vector<std::string> const targets = targets_of(*kind, options, view);
    if (targets.empty()) return fail(Error::Kind::not_found, "no targets");
    return kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
}

OptionValue role(std::string name) { return Roles{{std::move(name)}}; }

constexpr std::array<std::string_view, 14> kinds{"replication.pause_replay",
                                                 "replication.stall",
                                                 "replication.throttle",
                                                 "patroni.switchover",
                                                 "patroni.failover",
                                                 "patroni.pause",
                                                 "patroni.restart",
                                                 "patroni.reinitialize",
                                                 "redis.failover",
                                                 "redis.pause",
                                                 "haproxy.drain",
                                                 "haproxy.stop",
                                                 "command",
                                                 "process.kill"};

/// Options that a kind needs beside its fallbacks.
Values required(std::string_view kind) {
    if (kind == "replication.throttle") return {{"hold", std::string("30s behind")}};
    if (kind == "patroni.restart") return {{"target", role("db2")}};
    if (kind == "haproxy.drain") return {{"server", role("leader")}};
    if (kind == "process.kill") return {{"target", role("db2")}, {"process", std::string("etcd")}};
    if (kind == "command")
        return {{"target", role("db2")},
                {"inject", Words{{"touch", "/tmp/x"}}},
                {"verify", Words{{"test", "-e", "/tmp/x"}}},
                {"undo", Words{{"rm", "-f", "/tmp/x"}}}};
    return {};
}

TEST(ControlPlans, EachKeepsTheContract) {
    for (std::string_view const name : kinds) {
        FaultKind const& kind = *Registry<FaultKind>::find(name);
        auto const made = plan(name, required(name));
        ASSERT_TRUE(made) << name << ": " << made.error().message;
        EXPECT_FALSE(made->summary.empty()) << name;
        EXPECT_FALSE(made->evidence.empty()) << name;
        for (FaultCommand const& command : made->inject) {
            EXPECT_FALSE(command.node.empty()) << name;
            bool const undone = std::ranges::find(made->undo, command.node, &FaultCommand::node) !=
                                made->undo.end();
            EXPECT_TRUE(undone || made->self_heal == SelfHeal::by_itself) << name;
        }
        if (name != "command") {
            EXPECT_EQ(kind.sweep.empty(),
                      made->self_heal == SelfHeal::by_itself && name != "process.kill")
                << name;
            EXPECT_EQ(kind.sweep.empty(), kind.residue.empty()) << name;
        }
        if (kind.needs == nullptr) continue;
        Options const options = fallback_options(kind.options);
        for (std::string_view const need : kind.needs(options))
            EXPECT_NE(find_need(need), nullptr) << name << ": " << need;
    }
}

void expect_shell(std::string_view script, std::string_view where) {
    auto const checked = run_local({.argv = {"sh", "-n", "-c", std::string(script)}});
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->exit_status, 0) << where << ": " << checked->err << script;
}

TEST(ControlPlans, EveryScriptIsWellFormed) {
    for (std::string_view const name : kinds) {
        if (name == "command") continue;
        FaultKind const& kind = *Registry<FaultKind>::find(name);
        expect_shell(kind.sweep, name);
        expect_shell(kind.residue, name);
        auto const made = plan(name, required(name));
        ASSERT_TRUE(made) << made.error().message;
        std::vector<FaultCommand> commands = made->inject;
        for (auto const* more : {&made->undo, &made->renew})
            commands.insert(commands.end(), more->begin(), more->end());
        for (Evidence const& evidence : made->evidence) commands.push_back(evidence.command);
        for (FaultCommand const& command : commands)
            if (command.argv.at(0) == "sh") expect_shell(command.argv.at(2), name);
        // The loop that holds replay goes along as an argument.
        if (name.starts_with("replication.") && name != "replication.stall")
            expect_shell(made->inject.at(0).argv.at(6), name);
    }
}

TEST(ControlPlans, NothingOfAFileIsPartOfAScript) {
    ClusterView view = a_cluster();
    std::string const hostile = "x'; $(touch /tmp/no) `id` \n--force";
    view.nodes[1].member = hostile;
    view.redis_master_name = hostile;
    for (std::string_view const name : kinds) {
        if (name == "process.kill" || name == "command") continue;  // no scripts of ours
        auto const usual = plan(name, required(name));
        auto const made = plan(name, required(name), view);
        ASSERT_TRUE(made) << name << ": " << made.error().message;
        ASSERT_EQ(made->inject.size(), usual->inject.size());
        for (std::size_t index = 0; index < made->inject.size(); ++index)
            EXPECT_EQ(made->inject[index].argv.at(2), usual->inject[index].argv.at(2)) << name;
    }
}

TEST(Replication, OnlyReplicasAreHit) {
    for (std::string_view const name : {"replication.pause_replay", "replication.stall",
                                        "replication.throttle", "patroni.reinitialize"}) {
        Values values = required(name);
        for (char const* wrong : {"leader", "app1"}) {
            Values with = values;
            with.emplace_back("target", role(wrong));
            auto const refused = plan(name, with);
            ASSERT_FALSE(refused) << name << " " << wrong;
            EXPECT_NE(refused.error().message.find("replica"), std::string::npos);
        }
        values.emplace_back("target", role("replica"));
        auto const made = plan(name, values);
        ASSERT_TRUE(made) << name << made.error().message;
        EXPECT_EQ(made->targets, (std::vector<std::string>{"db2", "db3"})) << name;
    }
}

TEST(Replication, TheGoalOfAThrottleIsATimeOrASize) {
    auto const in_time = plan("replication.throttle", {{"hold", std::string("30s behind")}});
    ASSERT_TRUE(in_time) << in_time.error().message;
    EXPECT_EQ(in_time->inject.at(0).argv.at(5), "behind 30.000");
    EXPECT_EQ(in_time->evidence.at(0).within, 90s);
    auto const in_size = plan("replication.throttle", {{"hold", std::string("16MiB behind")}});
    ASSERT_TRUE(in_size) << in_size.error().message;
    EXPECT_EQ(in_size->inject.at(0).argv.at(5), "behind 16777216");
    EXPECT_EQ(in_size->evidence.at(0).within, 60s);
    for (char const* wrong : {"", "30", "behind", "far behind", "100ms", "1B behind", "-3s behind",
                              "30s ahead", "$(id) behind"}) {
        auto const refused = plan("replication.throttle", {{"hold", std::string(wrong)}});
        ASSERT_FALSE(refused) << wrong;
        EXPECT_NE(refused.error().message.find("30s behind"), std::string::npos);
    }
}

TEST(Patroni, ASwitchoverIsAwayFromTheLeaderToOneOther) {
    auto const free = plan("patroni.switchover", {});
    ASSERT_TRUE(free) << free.error().message;
    EXPECT_EQ(free->inject.at(0).node, "db1");
    EXPECT_EQ(free->inject[0].argv.at(5), "");
    auto const named = plan("patroni.switchover", {{"candidate", role("sync_standby")}});
    ASSERT_TRUE(named) << named.error().message;
    EXPECT_EQ(named->inject.at(0).argv.at(5), "member-of-db3");
    EXPECT_FALSE(plan("patroni.switchover", {{"candidate", role("leader")}}));
    EXPECT_FALSE(plan("patroni.switchover", {{"candidate", role("replica")}}));
    EXPECT_FALSE(plan("patroni.switchover", {{"candidate", role("app1")}}));
    EXPECT_FALSE(plan("patroni.switchover", {{"target", role("db2")}}));
}

TEST(Patroni, AFailoverIsToTheSafestUnlessNamed) {
    auto const made = plan("patroni.failover", {});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->targets, std::vector<std::string>{"db3"});
    ClusterView view = a_cluster();
    view.nodes[2].role = "replica";
    view.nodes[2].lag_bytes = 5;
    EXPECT_EQ(plan("patroni.failover", {}, view)->targets, std::vector<std::string>{"db2"});
    view.nodes[1].lag_bytes = -1;
    EXPECT_EQ(plan("patroni.failover", {}, view)->targets, std::vector<std::string>{"db3"});
    view.nodes[0].role = "";
    EXPECT_TRUE(plan("patroni.failover", {{"candidate", role("db2")}}, view));
    EXPECT_FALSE(plan("patroni.failover", {{"candidate", role("leader")}}));
}

TEST(Patroni, EveryMemberCanEndAPause) {
    auto const made = plan("patroni.pause", {});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->inject.size(), 1U);
    EXPECT_EQ(made->undo.size(), 3U);
    ClusterView view = a_cluster();
    view.paused = true;
    auto const refused = plan("patroni.pause", {}, view);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("paused already"), std::string::npos);
}

TEST(RedisFaults, NoPasswordIsInAnArgument) {
    for (std::string_view const name : {"redis.failover", "redis.pause"}) {
        auto const made = plan(name, {});
        ASSERT_TRUE(made) << made.error().message;
        std::string const& script = made->inject.at(0).argv.at(2);
        EXPECT_NE(script.find("REDISCLI_AUTH"), std::string::npos);
        EXPECT_EQ(script.find("redis-cli -a"), std::string::npos);
        EXPECT_EQ(script.find(" --pass"), std::string::npos);
    }
}

TEST(RedisFaults, APauseIsAsLongAsItsLeaseAndRenewed) {
    auto const writes = plan("redis.pause", {});
    ASSERT_TRUE(writes) << writes.error().message;
    EXPECT_EQ(writes->targets, std::vector<std::string>{"db1"});
    EXPECT_EQ(writes->inject.at(0).argv.at(5), "20000");
    EXPECT_EQ(writes->inject[0].argv.at(6), "WRITE");
    EXPECT_EQ(writes->renew.size(), 1U);
    EXPECT_FALSE(plan("redis.pause", {{"target", role("db2")}}));

    auto const all = plan("redis.pause", {{"what", std::string("all")}, {"target", role("db2")}});
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->inject.at(0).argv.at(5), "15000");
    EXPECT_EQ(all->inject[0].argv.at(6), "ALL");
    EXPECT_TRUE(all->renew.empty());
    auto const endless =
        plan("redis.pause", {{"what", std::string("all")}, {"for", Duration(1min)}});
    ASSERT_FALSE(endless);
    EXPECT_NE(endless.error().message.find("at most the lease (20s)"), std::string::npos);
}

TEST(RedisFaults, AFailoverNeedsTheMastersName) {
    ClusterView view = a_cluster();
    view.redis_master_name = "";
    EXPECT_FALSE(plan("redis.failover", {}, view));
    EXPECT_FALSE(plan("redis.failover", {{"target", role("sentinel")}}));
}

TEST(HaproxyFaults, AServerIsFoundByNameAndAddress) {
    auto const made = plan("haproxy.drain", {{"server", role("leader")}});
    ASSERT_TRUE(made) << made.error().message;
    auto const& argv = made->inject.at(0).argv;
    EXPECT_EQ((std::vector(argv.begin() + 4, argv.end())),
              (std::vector<std::string>{"r0_f1", "drain", "", "db1", "10.0.0.1"}));
    for (char const* wrong : {"a b", "x;show env", "a\nb", "a/b", "$(id)"})
        EXPECT_FALSE(
            plan("haproxy.drain", {{"server", role("leader")}, {"backend", std::string(wrong)}}))
            << wrong;
    EXPECT_FALSE(plan("haproxy.drain", {{"server", role("dcs_leader")}}));
    EXPECT_EQ(plan("haproxy.stop", {})->nodes_lost, std::vector<std::string>{"app1"});
}

TEST(OwnCommand, ItsWordsAreTheArgumentVector) {
    auto const made = plan("command", required("command"));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->inject.at(0).argv, (std::vector<std::string>{"touch", "/tmp/x"}));
    EXPECT_EQ(made->undo.at(0).argv, (std::vector<std::string>{"rm", "-f", "/tmp/x"}));
    EXPECT_EQ(made->self_heal, SelfHeal::node);
    Values values = required("command");
    values.back().second = Words{};
    auto const ends_itself = plan("command", values);
    ASSERT_TRUE(ends_itself);
    EXPECT_EQ(ends_itself->self_heal, SelfHeal::by_itself);
    for (char const* name : {"inject", "verify"}) {
        values.emplace_back(name, Words{});
        EXPECT_FALSE(plan("command", values)) << name;
        values.back().second = Words{{"", "x"}};
        EXPECT_FALSE(plan("command", values)) << name;
        values.pop_back();
    }
}

}  // namespace
}  // namespace interregnum
