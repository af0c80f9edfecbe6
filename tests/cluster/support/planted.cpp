// SPDX-License-Identifier: MIT
#include "tests/cluster/support/planted.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "harness/engine/node_state.h"
#include "harness/record/node_difference.h"
#include "tests/cluster/support/killed_controller.h"

namespace interregnum::test {

namespace {

using namespace std::chrono_literals;

/// What is gone already may be missing.
void discard(LocalResult const& /*ended*/) {}

/// Leaves only what the fault itself did: no timer, no files of the engine.
void plant(FaultBench& bench, TrialStep const& step) {
    auto const reasons = bench.wait_until_redundant(90s);
    ASSERT_TRUE(reasons.empty()) << step.kind << ": " << reasons.front();
    FaultTrial trial(bench, std::string(step.step));
    bool const proved = trial.inject();
    ASSERT_TRUE(proved || !step.proves_itself) << trial.why();
    trial.abandon();
    for (std::string const& node : trial.targets()) {
        discard(
            on_lab_node(node, {"systemctl", "stop", "interregnum-" + trial.mark() + ".service"}));
        discard(on_lab_node(node, {"rm", "-rf", "/run/interregnum/" + trial.mark()}));
        discard(on_lab_node(node, {"rm", "-f", "/run/interregnum/heal"}));
    }
}

}  // namespace

void plant_and_heal(FaultBench& bench, TrialStep const& step) {
    ASSERT_NO_FATAL_FAILURE(plant(bench, step));
    LocalResult const looked = call({"heal", "--look", "--inventory", "lab"}, 2min);
    EXPECT_EQ(looked.exit_status, 4) << step.kind << ": " << looked.out;
    EXPECT_TRUE(looked.out.contains("ours.")) << step.kind << ": " << looked.out;
    LocalResult const healed = call({"heal", "--all", "--inventory", "lab"}, 4min);
    EXPECT_EQ(healed.exit_status, 0) << step.kind << ": " << healed.out << healed.err;
}

std::vector<TrialStep> residue_steps(std::size_t stride) {
    std::vector<TrialStep> chosen;
    std::size_t seen = 0;
    for (TrialStep const& step : self_healing_steps())
        if (step.leaves_residue && seen++ % stride == 0) chosen.push_back(step);
    return chosen;
}

std::vector<PlantedFact> planted_facts(std::size_t stride) {
    static std::vector<PlantedFact> const all{
        {"setting.work_mem",
         "runuser -u postgres -- psql -Xqc 'alter system set work_mem = 5432' "
         "-c 'select pg_reload_conf()'",
         "runuser -u postgres -- psql -Xqc 'alter system reset work_mem' "
         "-c 'select pg_reload_conf()'"},
        {"db.slots",
         R"sh(runuser -u postgres -- psql -Xqc "select pg_create_physical_replication_slot('left')")sh",
         R"sh(runuser -u postgres -- psql -Xqc "select pg_drop_replication_slot(slot_name)
              from pg_replication_slots where slot_name = 'left'")sh"},
        // Written, and waiting for whoever reloads next.
        {"db.auto_conf", "runuser -u postgres -- psql -Xqc 'alter system set log_statement = mod'",
         "runuser -u postgres -- psql -Xqc 'alter system reset log_statement'"},
        {"disks.full", "head -c 64M /dev/zero >/run/lock/left 2>/dev/null; true",
         "rm -f /run/lock/left"},
        {"patroni.config", "patronictl -c /etc/patroni/config.yml edit-config --force -q -s left=1",
         "patronictl -c /etc/patroni/config.yml edit-config --force -q -s left=null"},
        {"db.replay", "runuser -u postgres -- psql -Xqc 'select pg_wal_replay_pause()'",
         "runuser -u postgres -- psql -Xqc 'select pg_wal_replay_resume()'"},
        {"patroni.pause", "patronictl -c /etc/patroni/config.yml pause",
         "patronictl -c /etc/patroni/config.yml resume"},
    };
    std::vector<PlantedFact> chosen;
    for (std::size_t index = 0; index < all.size(); index += stride) chosen.push_back(all[index]);
    return chosen;
}

void plant_and_compare(FaultBench& bench, PlantedFact const& planted) {
    SCOPED_TRACE(planted.fact);
    auto const reasons = bench.wait_until_redundant(90s);
    ASSERT_TRUE(reasons.empty()) << reasons.front();
    ClusterView const view = bench.look();
    auto const replicas = resolve_role(view, "replica");
    ASSERT_FALSE(replicas.empty());
    std::string const& node = replicas.front();
    auto const state = [&] {
        return node_states(bench.fleet(), {node}, member_names(view), "", {}, {}).at(0);
    };
    auto const on_node = [&](std::string_view line) {
        LocalResult const done = on_lab_node(node, {"sh", "-c", std::string(line)}, 30s);
        EXPECT_EQ(done.exit_status, 0) << done.out << done.err;
    };
    auto const before = state();
    ASSERT_TRUE(before.complete);
    auto const differences = [&] { return record::node_differences(before, state()); };
    // Patroni's own view of its configuration is as old as its last turn of the loop.
    auto const soon = [&](auto const& good) {
        Instant const deadline = bench.clock().now() + view.loop_wait + 5s;
        while (!good(differences()))
            if (bench.clock().now() >= deadline || !bench.clock().sleep_for(250ms, {}))
                return false;
        return true;
    };
    std::string const named = std::string(planted.fact) + ": was ";
    on_node(planted.plant);
    EXPECT_TRUE(soon([&](std::vector<std::string> const& found) {
        return std::ranges::any_of(found,
                                   [&](std::string const& one) { return one.starts_with(named); });
    })) << "what was planted is not seen";
    on_node(planted.remove);
    EXPECT_TRUE(soon([](std::vector<std::string> const& found) { return found.empty(); }))
        << fmt::format("{}", fmt::join(differences(), "; "));
}

}  // namespace interregnum::test
