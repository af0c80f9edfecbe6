// SPDX-License-Identifier: MIT
// Faults on whole nodes, seen from the host and from other nodes.
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "harness/lab/lab.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

using None = std::vector<std::string>;

/// Empty while the node is off. Asked from the host, not over SSH.
std::string boot_id(std::string const& node) {
    auto const said =
        lab_exec(node, {.argv = {"cat", "/proc/sys/kernel/random/boot_id"}, .timeout = 5s});
    return said && said->exit_status == 0 ? said->out : "";
}

bool reachable(std::string const& from, std::string const& address) {
    return on_lab_node(from, {"timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/22"})
               .exit_status == 0;
}

/// A service that writes down that it was told to stop, as a shutdown in good order tells all.
constexpr char const* witness = "/var/tmp/interregnum-told-to-stop";

void plant_witness(std::string const& node) {
    auto const planted =
        on_lab_node(node, {"systemd-run", "--quiet", "--unit=witness",
                           std::string("--property=ExecStop=touch ") + witness, "sleep", "600"});
    ASSERT_EQ(planted.exit_status, 0) << planted.err;
}

/// Was it told? Forgets it.
bool witness_was_told(std::string const& node) {
    return on_lab_node(node, {"rm", witness}).exit_status == 0;
}

class FaultsOnNodes : public LabFaults {};

TEST_F(FaultsOnNodes, ARebootedServerComesBackByItselfWithAnotherBootId) {
    FaultTrial trial(bench(), R"({"fault": "node.reboot", "target": "any:replica"})");
    std::string const node = trial.target();
    std::string const other = node == "db1" ? "db2" : "db1";
    std::string const before = boot_id(node);
    std::string const of_other = boot_id(other);
    plant_witness(node);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(witness_was_told(node));
    EXPECT_NE(boot_id(node), before);
    EXPECT_NE(boot_id(node), "");
    EXPECT_EQ(boot_id(other), of_other);
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(40s), None{});
}

TEST_F(FaultsOnNodes, AForcedRebootStopsNothingFirst) {
    FaultTrial trial(bench(), R"({"fault": "node.reboot", "target": "app2", "force": true})");
    std::string const before = boot_id("app2");
    plant_witness("app2");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_NE(boot_id("app2"), before);
    EXPECT_FALSE(witness_was_told("app2"));
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([] { return reachable("db1", "10.99.0.22"); }, 20s));
    EXPECT_EQ(trial.unclean(40s), None{});
}

TEST_F(FaultsOnNodes, AServerThatIsShutDownStaysOffUntilItIsSwitchedOn) {
    FaultTrial trial(bench(), R"({"fault": "node.poweroff", "target": "app1", "for": "5s"})");
    std::string const before = boot_id("app1");
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(soon([] { return boot_id("app1").empty(); }, 20s));
    EXPECT_FALSE(reachable("db1", "10.99.0.21"));
    EXPECT_FALSE(soon([] { return !boot_id("app1").empty(); }, 2s)) << "nobody boots it again";
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([] { return reachable("db1", "10.99.0.21"); }, 20s));
    EXPECT_NE(boot_id("app1"), before);
    EXPECT_EQ(trial.unclean(40s), None{});
}

TEST_F(FaultsOnNodes, AReplicaThatLosesPowerIsSilentAtOnce) {
    FaultTrial trial(bench(), R"({"fault": "node.crash", "target": "any:replica", "for": "5s"})");
    EXPECT_TRUE(trial.plan().proves_nothing.empty());
    std::string const node = trial.target();
    std::string const address = bench().look().node(node)->address;
    std::string const before = boot_id(node);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(boot_id(node), "");
    EXPECT_FALSE(reachable("app1", address));
    ASSERT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return reachable("app1", address); }, 20s));
    EXPECT_NE(boot_id(node), before);
    EXPECT_EQ(trial.unclean(40s), None{});
}

TEST_F(FaultsOnNodes, ADrillWhoseLeaderIsBackBeforeTheTtlIsInconclusive) {
    RunsFolder const runs;
    std::string const file = runs.path() + "/too-short.json";
    std::ofstream(file) << R"({"title": "Back too soon", "steady_before": "2s",
        "steady_after": "2s", "steps": [
        { "fault": "node.crash", "target": "leader", "for": "4s", "random_wait": "0s" },
        { "await": "redundant", "within": "2m" }]})";
    LocalResult const result =
        call({"run", file, "--inventory", "lab", "--out", runs.path() + "/out"});
    EXPECT_EQ(result.exit_status, 2) << result.out << result.err;
    EXPECT_TRUE((result.out + result.err).contains("before Patroni's ttl")) << result.out;
}

}  // namespace
}  // namespace interregnum::test
