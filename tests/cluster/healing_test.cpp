// SPDX-License-Identifier: MIT
// The four layers of healing, on the lab: what ends a fault whose controller is gone.
#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

class Healing : public LabFaults {
protected:
    [[nodiscard]] static bool patroni_runs(std::string const& node) {
        return on_lab_node(node, {"systemctl", "is-active", "--quiet", "patroni"}).exit_status == 0;
    }
    /// How long until the service runs again, from now; nullopt when not within `limit`.
    std::optional<Duration> time_until_patroni_runs(std::string const& node, Duration limit) {
        Instant const began = bench().clock().now();
        while (bench().clock().now() - began < limit) {
            if (patroni_runs(node)) return bench().clock().now() - began;
            bench().clock().sleep_for(100ms, {});
        }
        return std::nullopt;
    }
};

constexpr char const* held_down =
    R"({"fault": "process.kill", "process": "patroni", "target": "any:replica", "for": "60s",
        "lease": "4s"})";

TEST_F(Healing, ANodeHealsItselfWhenNobodyRenewsItsLease) {
    FaultTrial trial(bench(), held_down);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_FALSE(patroni_runs(trial.target()));
    trial.abandon();
    auto const healed = time_until_patroni_runs(trial.target(), 9s);
    ASSERT_TRUE(healed) << "still down 5 s after its lease";
    EXPECT_GT(*healed, 1s);
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Healing, ARenewedLeaseKeepsTheFaultInForce) {
    FaultTrial trial(bench(), held_down);
    ASSERT_TRUE(trial.inject()) << trial.why();
    bench().clock().sleep_for(7s, {});
    EXPECT_FALSE(patroni_runs(trial.target()));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(patroni_runs(trial.target()));
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Healing, TheNodesOwnScriptHealsWithoutAnyController) {
    FaultTrial trial(bench(), held_down);
    ASSERT_TRUE(trial.inject()) << trial.why();
    LocalResult const healed = on_lab_node(trial.target(), {"sh", "/run/interregnum/heal"}, 60s);
    EXPECT_EQ(healed.exit_status, 0) << healed.err;
    EXPECT_TRUE(healed.out.contains("process.kill")) << healed.out;
    EXPECT_TRUE(patroni_runs(trial.target()));
    // The keeper hears of it at its next renewal: the fault was shorter than planned.
    Instant const deadline = bench().clock().now() + 5s;
    while (!trial.why().contains("healed itself") && bench().clock().now() < deadline)
        bench().clock().sleep_for(100ms, {});
    EXPECT_TRUE(trial.why().contains("healed itself")) << trial.why();
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Healing, TheSweepFindsByNameWhatNoJournalKnows) {
    FaultTrial trial(bench(), held_down);
    ASSERT_TRUE(trial.inject()) << trial.why();
    trial.abandon();
    // As if the node's own timer were gone too.
    ASSERT_EQ(on_lab_node(trial.target(),
                          {"systemctl", "stop", "interregnum-" + trial.mark() + ".service"})
                  .exit_status,
              0);
    ASSERT_EQ(
        on_lab_node(trial.target(), {"rm", "-rf", "/run/interregnum/" + trial.mark()}).exit_status,
        0);
    EXPECT_FALSE(patroni_runs(trial.target()));
    LocalResult const swept = on_lab_node(trial.target(), {"sh", "-c", sweep_script()}, 60s);
    EXPECT_EQ(swept.exit_status, 0) << swept.err;
    EXPECT_TRUE(patroni_runs(trial.target()));
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Healing, AnArmingThatFailsLeavesNothing) {
    FaultTrial trial(bench(), held_down);
    // Somebody else's folder of that name: the mark is not free.
    ASSERT_EQ(on_lab_node(trial.target(), {"mkdir", "-p", "/run/interregnum/" + trial.mark()})
                  .exit_status,
              0);
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(patroni_runs(trial.target()));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

}  // namespace
}  // namespace interregnum::test
