// SPDX-License-Identifier: MIT
// What nodes are told, run by a real shell below a folder instead of /run, with tools that fail.
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/base/process.h"
#include "harness/fault.h"
#include "harness/faults/support/held_unit.h"
#include "harness/faults/support/packets.h"
#include "harness/faults/support/replay_hold.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

namespace fs = std::filesystem;

/// A node that is a folder: its /run is below it, and so are tools of its own.
class FolderNode {
public:
    FolderNode() {
        fs::create_directories(folder_ / "bin");
        fs::create_directories(folder_ / "run/interregnum");
    }
    /// `text` is run by sh; "$HERE" is the node's folder.
    void tool(std::string const& name, std::string_view text) const {
        std::string const file = folder_ / ("bin/" + name);
        std::ofstream(file) << "#!/bin/sh\n" << text;
        fs::permissions(file, fs::perms::owner_all);
    }
    void write(std::string const& name, std::string_view text) const {
        std::ofstream(folder_ / name) << text;
    }
    void remove(std::string const& name) const { fs::remove(folder_ / name); }
    [[nodiscard]] bool has(std::string const& name) const { return fs::exists(folder_ / name); }

    /// The exit status of a command that runs a script.
    [[nodiscard]] int run(FaultCommand const& command) const {
        std::vector<std::string> argv{
            "env", "PATH=" + (folder_ / "bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "HERE=" + folder_.path()};
        argv.insert(argv.end(), command.argv.begin(), command.argv.end());
        std::string& script = argv.at(5);
        std::string const there = folder_ / "run/";
        for (std::size_t at = script.find("/run/"); at != std::string::npos;
             at = script.find("/run/", at + there.size()))
            script.replace(at, std::string_view("/run/").size(), there);
        auto const done = run_local({.argv = argv});
        EXPECT_TRUE(done) << done.error().message;
        return done ? done->exit_status : -1;
    }

private:
    test::TempFolder folder_;
};

/// As systemd does it: a drop-in counts once it was told to read them again.
constexpr std::string_view systemctl = R"sh(
case $1 in
    daemon-reload)
        [ ! -e "$HERE/broken" ] || exit 1
        rm -f "$HERE/held"
        [ ! -e "$HERE"/run/systemd/system/etcd.service.d/*.conf ] || : >"$HERE/held" ;;
    start) [ -e "$HERE/held" ] || : >"$HERE/runs" ;;
    kill) rm -f "$HERE/runs" ;;
esac
exit 0
)sh";

TEST(HeldUnit, IsStartedAlsoWhereAnUndoWasCutShortBeforeSystemdWasTold) {
    FolderNode const node;
    node.tool("systemctl", systemctl);
    node.write("runs", "");
    ASSERT_EQ(
        node.run(bring_down(
            "db1",
            {.mark = "killed", .unit = "etcd", .signal = "KILL", .whom = "all", .hold = true})),
        0);
    ASSERT_TRUE(node.has("held"));
    ASSERT_FALSE(node.has("runs"));
    node.write("broken", "");
    EXPECT_NE(node.run(bring_back("db1", "killed", "etcd")), 0);
    node.remove("broken");
    EXPECT_EQ(node.run(bring_back("db1", "killed", "etcd")), 0);
    EXPECT_TRUE(node.has("runs"));
    EXPECT_FALSE(node.has("run/interregnum/killed.etcd"));
}

TEST(HeldUnit, ThatIsNotHeldIsStartedWithoutAskingSystemdToReadAnything) {
    FolderNode const node;
    node.tool("systemctl", systemctl);
    node.write("runs", "");
    ASSERT_EQ(node.run(bring_down("db1", {.mark = "killed", .unit = "etcd", .signal = "KILL"})), 0);
    node.write("broken", "");
    EXPECT_EQ(node.run(bring_back("db1", "killed", "etcd")), 0);
    EXPECT_TRUE(node.has("runs"));
}

/// replication.stall on db2.
std::optional<FaultPlan> stall() {
    FaultKind const* const kind = Registry<FaultKind>::find("replication.stall");
    if (kind == nullptr) return std::nullopt;
    ClusterView view;
    view.nodes = {{.name = "db2", .address = "10.0.0.2", .group = "db", .role = "replica"}};
    std::vector<std::string> const targets{"db2"};
    Options const options = fallback_options(kind->options);
    auto const plan =
        kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
    if (!plan) return std::nullopt;
    return *plan;
}

constexpr char const* walreceiver = "run/interregnum/walreceiver_stopped.5432";

TEST(ReplicationStall, AWalreceiverThatEndedWhileItWasLookedAtHasNothingToBeLetGo) {
    auto const plan = stall();
    ASSERT_TRUE(plan);
    FolderNode const node;
    node.tool("flock", "exit 0\n");
    node.write(walreceiver, "4194305 \n");
    EXPECT_EQ(node.run(plan->undo.at(0)), 0);
    EXPECT_FALSE(node.has(walreceiver));
}

TEST(ReplicationStall, AnUndoOrARenewalThatDidNotGetTheLockSaysSo) {
    auto const plan = stall();
    ASSERT_TRUE(plan);
    FolderNode const node;
    node.tool("flock", "exit 1\n");
    node.write(walreceiver, "4194305 1\n");
    EXPECT_NE(node.run(plan->undo.at(0)), 0);
    EXPECT_NE(node.run(plan->renew.at(0)), 0);
    EXPECT_TRUE(node.has(walreceiver));
}

TEST(DiskFreeze, NobodyElseThawsOrFreezesWhileOneThaws) {
    FaultKind const* const kind = Registry<FaultKind>::find("disk.freeze");
    ASSERT_NE(kind, nullptr);
    ClusterView view;
    view.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"}};
    std::vector<std::string> const targets{"db1"};
    Options const options = fallback_options(kind->options);
    auto const plan =
        kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
    ASSERT_TRUE(plan) << plan.error().message;
    constexpr char const* marker = "run/interregnum/frozen_disk.r0_f1";
    FolderNode const node;
    node.tool("fsfreeze",
              "echo thaws >>\"$HERE/thawed\"\n"
              "! flock -n \"$HERE/run/interregnum/frozen_disk.r0_f1\" true || : >\"$HERE/raced\"\n"
              "echo 'unfreeze failed: Invalid argument' >&2; exit 1\n");
    node.write(marker, "/\n");
    EXPECT_EQ(node.run(plan->undo.at(0)), 0);
    EXPECT_TRUE(node.has("thawed"));
    EXPECT_FALSE(node.has("raced"));
    EXPECT_FALSE(node.has(marker));
    FolderNode const freezing;
    freezing.tool("flock", "exit 1\n");
    freezing.write(marker, "/\n");
    EXPECT_NE(freezing.run(plan->undo.at(0)), 0) << "the freeze is still under way";
    EXPECT_TRUE(freezing.has(marker));
}

TEST(ReplayHold, ALoopThatHasEndedIsToldByTheRenewal) {
    FaultCommand const renew = is_hold_kept("db2", 5432);
    FolderNode const node;
    node.tool("systemctl", "[ -e \"$HERE/active\" ]\n");
    EXPECT_EQ(node.run(renew), 0) << "it was not injected yet";
    node.write("run/interregnum/lag_loop.5432", "script");
    node.write("run/interregnum/lag_goal.5432", "nothing 0\n");
    EXPECT_EQ(node.run(renew), 0) << "the loop begins";
    node.write("run/interregnum/lag_held.5432", "4194305 1\n");
    node.write("active", "");
    EXPECT_EQ(node.run(renew), 0);
    node.remove("active");
    EXPECT_EQ(node.run(renew), 3) << "killed: healed_itself, of engine/arming.h";
    // Without systemd: a process that is none, then one that is there.
    node.write("run/interregnum/lag_pid.5432", "4194305 1\n");
    EXPECT_EQ(node.run(renew), 3);
    std::ifstream stat("/proc/self/stat");
    std::string line;
    std::getline(stat, line);
    std::istringstream words(line.substr(line.rfind(')') + 2));
    std::string start;
    for (int word = 0; word < 20; ++word) words >> start;
    node.write("run/interregnum/lag_pid.5432", std::to_string(getpid()) + " " + start + "\n");
    EXPECT_EQ(node.run(renew), 0);
    node.remove("run/interregnum/lag_held.5432");
    node.remove("run/interregnum/lag_goal.5432");
    EXPECT_EQ(node.run(renew), 3) << "its own time was over";
}

TEST(PacketRules, ALeaseThatWasOverIsToldByItsRenewal) {
    FaultPlan plan;
    Options const none{};
    ClusterView const view{};
    std::vector<std::string> const targets{"db1"};
    add_packet_rules(plan, {.id = "r0_f1", .options = none, .targets = targets, .view = view},
                     {.node = "db1", .kind = "network.partition"});
    FaultCommand const& renew = plan.renew.at(0);
    FolderNode const node;
    node.tool("nft", "case $1 in list) cat \"$HERE/lease\" ;; esac\n");
    EXPECT_EQ(node.run(renew), 1) << "there is no table";
    node.write("lease", "set lease { elements = { ipv4 timeout 20s expires 9s } }\n");
    EXPECT_EQ(node.run(renew), 0);
    node.write("lease", "set lease { type nf_proto; flags timeout; }\n");
    EXPECT_EQ(node.run(renew), 3) << "healed_itself, of engine/arming.h";
}

}  // namespace
}  // namespace interregnum
