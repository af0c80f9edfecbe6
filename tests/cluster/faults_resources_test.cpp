// SPDX-License-Identifier: MIT
// Faults of disks on the lab, whose database nodes have a volume each. What the lab's kernel
// cannot do (limits, the clock) is tried on the emulated machine.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;

class Resources : public LabFaults {};

std::string said(std::string const& node, std::vector<std::string> argv) {
    auto result = on_lab_node(node, std::move(argv));
    EXPECT_EQ(result.exit_status, 0) << node << ": " << result.err;
    while (result.out.ends_with('\n')) result.out.pop_back();
    return result.out;
}

std::string sql(std::string const& node, std::string const& statement) {
    return said(node, {"runuser", "-u", "postgres", "--", "psql", "-XAtqc", statement});
}

/// A new file of 64 KiB beside the database, by somebody who is not the fault.
int write_as(std::string const& node, std::string const& user) {
    return on_lab_node(node,
                       {"runuser", "-u", user, "--", "sh", "-c",
                        "dd if=/dev/zero of=/var/lib/postgresql/tried bs=64k count=1 conv=fsync "
                        "2>/dev/null; status=$?; rm -f /var/lib/postgresql/tried; exit $status"})
        .exit_status;
}

TEST_F(Resources, AFullDiskStopsPostgresAndNotRoot) {
    FaultTrial trial(bench(), R"({"fault": "disk.fill", "target": "any:replica", "for": "60s"})");
    std::string const node = trial.target();
    EXPECT_EQ(write_as(node, "postgres"), 0);
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_NE(write_as(node, "postgres"), 0);
    EXPECT_EQ(write_as(node, "root"), 0) << "root has a reserve";
    EXPECT_EQ(said(node, {"find", "/var/lib/postgresql/15", "-name", "interregnum*"}), "")
        << "the filler is no file of PostgreSQL's";
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(write_as(node, "postgres"), 0);
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Resources, AFillerOutlivesItsMarkerAndIsFoundByName) {
    FaultTrial trial(bench(), R"({"fault": "disk.fill", "target": "any:replica",
                                  "volume": "wal", "keep": "20MiB", "for": "60s"})");
    std::string const node = trial.target();
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_EQ(write_as(node, "postgres"), 0) << "20 MiB were to be kept";
    trial.abandon();
    // As after a reboot: /run is empty, the file system is not.
    said(node, {"sh", "-c", "cp /run/interregnum/heal /tmp/heal; rm -r /run/interregnum"});
    auto const healed = on_lab_node(node, {"sh", "/tmp/heal"}, 30s);
    EXPECT_EQ(healed.exit_status, 0) << healed.err;
    EXPECT_TRUE(healed.out.contains("removed /var/lib/postgresql/interregnum.fill.")) << healed.out;
    said(node, {"rm", "/tmp/heal"});
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Resources, TheFileSystemOfTheUndoIsNeverFilledNorTheRootUnlessMeant) {
    for (auto const& [path, why] :
         {std::pair("/run", "undo is kept"), std::pair("/etc", "\\\"root\\\": true")}) {
        FaultTrial trial(bench(), std::string(R"({"fault": "disk.fill", "target": "db1",)") +
                                      R"("path": ")" + path + R"("})");
        EXPECT_FALSE(trial.inject());
        EXPECT_TRUE(trial.why().contains(path == std::string("/run") ? why : "root"))
            << trial.why();
        EXPECT_TRUE(trial.undo()) << trial.why();
        EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
    }
    FaultTrial trial(bench(), R"({"fault": "disk.freeze", "target": "db1", "path": "/var/log"})");
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(trial.why().contains("cannot thaw it")) << trial.why();
}

TEST_F(Resources, AFrozenDiskHoldsAReplicaBackUntilTheThaw) {
    FaultTrial trial(bench(), R"({"fault": "disk.freeze", "target": "any:replica", "for": "60s"})");
    std::string const node = trial.target();
    std::string const first = leader();
    auto const behind = [&] {
        return sql(first,
                   "SELECT flush_lsn < pg_current_wal_insert_lsn() FROM "
                   "pg_stat_replication WHERE application_name = '" +
                       node + "'");
    };
    // WAL, without waiting for anybody.
    auto const write = [&] {
        sql(first,
            "SET synchronous_commit = off; SELECT pg_switch_wal(); "
            "SELECT pg_logical_emit_message(true, 'trial', 'x')");
    };
    write();
    EXPECT_TRUE(soon([&] { return behind() == "f"; }, 5s)) << "caught up before";
    ASSERT_TRUE(trial.inject()) << trial.why();
    write();
    EXPECT_FALSE(soon([&] { return behind() == "f"; }, 1s)) << "the leader sees it flush nothing";
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return behind() == "f"; }, 15s)) << "caught up after the thaw";
    EXPECT_EQ(on_lab_node(node, {"pgrep", "-x", "touch"}).exit_status, 1) << "no writer is left";
    EXPECT_EQ(trial.unclean(), std::vector<std::string>{});
}

TEST_F(Resources, AFrozenDiskThawsItselfWhenNobodyRenewsTheLease) {
    FaultTrial trial(bench(), R"({"fault": "disk.freeze", "target": "any:replica", "for": "60s",
                                  "lease": "4s"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    trial.abandon();
    EXPECT_EQ(trial.unclean(15s), std::vector<std::string>{});
    EXPECT_EQ(write_as(trial.target(), "postgres"), 0);
}

}  // namespace
}  // namespace interregnum::test
