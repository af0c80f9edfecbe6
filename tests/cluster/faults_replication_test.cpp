// SPDX-License-Identifier: MIT
// Faults of replication on the lab: seen from the leader and in what a replica shows, not by the
// fault's own evidence.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "harness/engine/sweep.h"
#include "tests/cluster/support/lab_faults.h"

namespace interregnum::test {
namespace {

using namespace std::chrono_literals;
using Findings = std::vector<std::string>;

double number(std::string const& text) { return std::strtod(text.c_str(), nullptr); }

class ReplicationFaults : public LabFaults {};

/// A table on the leader that is gone at the end, and what a replica sees of it.
class Notes {
public:
    explicit Notes(std::string leader) : leader_(std::move(leader)) {
        do_sql(leader_, "drop table if exists trial_notes");
        do_sql(leader_,
               "create table trial_notes (n serial, at timestamptz default clock_timestamp(), "
               "filling text)");
        // Not compressed, so that as much WAL is written as is asked for.
        do_sql(leader_, "alter table trial_notes alter column filling set storage external");
    }
    Notes(Notes const&) = delete;
    Notes& operator=(Notes const&) = delete;
    ~Notes() { do_sql(leader_, "drop table trial_notes"); }
    /// Does not wait for a standby, which may be the one that is hit.
    void add() {
        do_sql(leader_, "set synchronous_commit = local; insert into trial_notes default values");
    }
    [[nodiscard]] static int seen_on(std::string const& node) {
        return static_cast<int>(number(psql(node, "select count(*) from trial_notes")));
    }
    /// How many seconds of notes a node has not shown yet.
    [[nodiscard]] double behind_on(std::string const& node) const {
        char const* const newest = "select extract(epoch from max(at)) from trial_notes";
        double const shown = number(psql(node, newest));
        return number(psql(leader_, newest)) - shown;
    }
    /// A note every 20 ms, for so long.
    [[nodiscard]] std::unique_ptr<Background> add_for(int seconds, int filling,
                                                      std::string const& output) const {
        std::string const sql = fmt::format(
            "do $$ begin for i in 1..{} loop insert into trial_notes (filling) values "
            "(repeat(md5(i::text), {})); commit; perform pg_sleep(0.02); end loop; "
            "end $$",
            seconds * 50, filling / 32 + 1);
        return std::make_unique<Background>(
            std::vector<std::string>{binary(), "lab", "exec", leader_, "runuser", "-u", "postgres",
                                     "--", "psql", "-XAtqc", sql},
            output);
    }

private:
    std::string leader_;
};

TEST_F(ReplicationFaults, PausedReplayHidesNewRowsFromAReplica) {
    Notes notes(leader());
    FaultTrial trial(bench(), R"({"fault": "replication.pause_replay"})");
    ASSERT_TRUE(soon([&] {
        return psql(trial.target(), "select to_regclass('trial_notes')") == "trial_notes";
    }));
    ASSERT_TRUE(trial.inject()) << trial.why();
    notes.add();
    EXPECT_TRUE(stays([&] { return Notes::seen_on(trial.target()) == 0; }, 1500ms));
    // It did arrive there.
    EXPECT_TRUE(soon([&] {
        return psql(leader(),
                    "select flush_lsn > replay_lsn from pg_stat_replication where "
                    "application_name = '" +
                        trial.target() + "'") == "t";
    }));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return Notes::seen_on(trial.target()) == 1; }));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ReplicationFaults, AnOwnersPausedReplayIsNotTouched) {
    std::string const replica = resolve_role(bench().look(), "replica").at(0);
    FaultTrial trial(
        bench(),
        fmt::format(R"({{"fault": "replication.pause_replay", "target": "{}"}})", replica));
    // Patroni resumes a paused replay in each of its cycles.
    do_on(replica, {"systemctl", "kill", "-s", "STOP", "--kill-whom=main", "patroni"});
    do_sql(replica, "select pg_wal_replay_pause()");
    EXPECT_FALSE(trial.inject());
    EXPECT_TRUE(trial.why().contains("not by this fault")) << trial.why();
    EXPECT_TRUE(trial.undo()) << trial.why();
    do_on(replica, {"sh", "-c", sweep_script()});
    EXPECT_EQ(psql(replica, "select pg_is_wal_replay_paused()"), "t");
    do_sql(replica, "select pg_wal_replay_resume()");
    do_on(replica, {"systemctl", "kill", "-s", "CONT", "--kill-whom=main", "patroni"});
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ReplicationFaults, AHeldReplicaCanBeRestartedAndIsHeldAgain) {
    FaultTrial trial(bench(), R"({"fault": "replication.pause_replay"})");
    auto const stopped = [&] {
        return on_lab_node(trial.target(),
                           {"sh", "-c", "ps -C postgres -o stat,args | grep '^T.*startup'"})
                   .exit_status == 0;
    };
    ASSERT_TRUE(trial.inject()) << trial.why();
    std::string const since = psql(trial.target(), "select pg_postmaster_start_time()");
    Instant const began = bench().clock().now();
    do_on(trial.target(), {"patronictl", "-c", "/etc/patroni/config.yml", "restart", "--force",
                           bench().inventory().patroni_scope, trial.target()});
    EXPECT_LT(bench().clock().now() - began, 20s);
    EXPECT_NE(psql(trial.target(), "select pg_postmaster_start_time()"), since);
    EXPECT_TRUE(soon(stopped));
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_FALSE(stopped());
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ReplicationFaults, AHeldReplicaCanBePromoted) {
    FaultTrial trial(bench(), R"({"fault": "replication.pause_replay", "target": "sync_standby"})");
    std::string const before = leader();
    ASSERT_TRUE(trial.inject()) << trial.why();
    do_on(before, {"patronictl", "-c", "/etc/patroni/config.yml", "switchover", "--force",
                   "--candidate", trial.target(), bench().inventory().patroni_scope});
    EXPECT_TRUE(soon([&] { return leader() == trial.target(); }, 20s));
    EXPECT_EQ(psql(trial.target(), "select pg_is_in_recovery()"), "f");
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ReplicationFaults, AStalledReplicaReceivesNothing) {
    Notes notes(leader());
    FaultTrial trial(bench(), R"({"fault": "replication.stall", "lease": "4s"})");
    ASSERT_TRUE(soon([&] {
        return psql(trial.target(), "select to_regclass('trial_notes')") == "trial_notes";
    }));
    ASSERT_TRUE(trial.inject()) << trial.why();
    notes.add();
    // Longer than its lease: the renewal leaves it stopped.
    auto const lags = [&] {
        return psql(leader(),
                    "select flush_lsn < pg_current_wal_lsn() from pg_stat_replication "
                    "where application_name = '" +
                        trial.target() + "'") == "t";
    };
    EXPECT_TRUE(stays([&] { return lags() && Notes::seen_on(trial.target()) == 0; }, 5s));
    LocalResult const ps = on_lab_node(trial.target(), {"ps", "-C", "postgres", "-o", "stat,args"});
    EXPECT_NE(ps.out.find("walreceiver"), std::string::npos) << ps.out;
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return Notes::seen_on(trial.target()) == 1; }));
    EXPECT_EQ(trial.unclean(), Findings{});
}

TEST_F(ReplicationFaults, ALagInSecondsIsHeldThere) {
    RunsFolder const folder;
    Notes const notes(leader());
    auto const writer = notes.add_for(40, 0, folder.path() + "/writer");
    FaultTrial trial(bench(), R"({"fault": "replication.throttle", "hold": "3s behind"})");
    ASSERT_TRUE(trial.inject()) << trial.why();
    // Patroni resumes a pause that it happens to meet: then it falls behind once more. And on a
    // busy machine replay may be let go late.
    std::vector<double> behind;
    EXPECT_TRUE(stays(
        [&] {
            behind.push_back(notes.behind_on(trial.target()));
            return behind.back() < 10;
        },
        8s))
        << fmt::format("{:.2f}", fmt::join(behind, " "));
    std::ranges::sort(behind);
    EXPECT_GT(behind[behind.size() / 2], 1.5) << fmt::format("{:.2f}", fmt::join(behind, " "));
    EXPECT_LT(behind[behind.size() / 2], 6) << fmt::format("{:.2f}", fmt::join(behind, " "));
    std::printf("held 3 s behind, seen: %.2f to %.2f s, median %.2f s\n", behind.front(),
                behind.back(), behind[behind.size() / 2]);
    EXPECT_TRUE(trial.undo()) << trial.why();
    EXPECT_TRUE(soon([&] { return notes.behind_on(trial.target()) < 1; }));
    EXPECT_EQ(trial.unclean(), Findings{});
    writer->signal(SIGTERM);
    do_sql(leader(),
           "select pg_terminate_backend(pid) from pg_stat_activity where query like "
           "'do $$ begin for i%'");
}

TEST_F(ReplicationFaults, ALagInBytesIsHeldThereAndANodeEndsItAlone) {
    RunsFolder const folder;
    Notes const notes(leader());
    auto const writer = notes.add_for(60, 8000, folder.path() + "/writer");
    FaultTrial trial(bench(),
                     R"({"fault": "replication.throttle", "hold": "1MiB behind", "lease": "3s"})");
    auto const behind = [&] {
        return number(psql(leader(),
                           "select pg_wal_lsn_diff(flush_lsn, replay_lsn) from pg_stat_replication "
                           "where application_name = '" +
                               trial.target() + "'"));
    };
    ASSERT_TRUE(trial.inject()) << trial.why();
    EXPECT_TRUE(stays([&] { return behind() > 500e3 && behind() < 2.5e6; }, 6s)) << behind();
    trial.abandon();
    EXPECT_TRUE(soon([&] { return behind() < 200e3; }, 8s)) << behind();
    EXPECT_EQ(trial.unclean(), Findings{});
    writer->signal(SIGTERM);
    do_sql(leader(),
           "select pg_terminate_backend(pid) from pg_stat_activity where query like "
           "'do $$ begin for i%'");
}

}  // namespace
}  // namespace interregnum::test
