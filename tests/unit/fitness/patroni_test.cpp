// SPDX-License-Identifier: MIT
// What makes Patroni fit for production: good, bad and unknown.
#include "tests/unit/fitness/good_cluster.h"

namespace interregnum::test {
namespace {

using enum Severity;

TEST(FitnessPatroni, APausedClusterIsNotFit) {
    expect_good("patroni.pause", good_cluster());
    expect_found("patroni.pause", with(good_cluster(), "", "config.pause", "true"), stop,
                 "pause is true", "patronictl resume");
    expect_found("patroni.pause", with(good_cluster(), "db2", "patroni.pause", "true"), stop,
                 "db2 says");
    expect_unknown("patroni.pause", without(good_cluster(), "", "config"), "nobody answered");
    // One witness is enough for bad news.
    expect_found("patroni.pause",
                 with(without(good_cluster(), "", "config"), "db1", "patroni.pause", "true"), stop,
                 "paused");
}

TEST(FitnessPatroni, AllMembersRunUnderOneLeader) {
    expect_good("patroni.members", good_cluster());
    expect_found("patroni.members", with(good_cluster(), "db3", "patroni.state", "start failed"),
                 stop, "db3 is \"start failed\"");
    expect_found("patroni.members", with(good_cluster(), "db3", "patroni.timeline", "2"), warn,
                 "timelines");
    expect_found("patroni.members",
                 with(good_cluster(), "", "cluster.scheduled_switchover.at", "2026-11-23T03:00"),
                 warn, "2026-11-23T03:00");
    ClusterFacts headless = good_cluster();
    headless.leader.clear();
    expect_found("patroni.members", headless, stop, "no member is the leader");
    expect_unknown("patroni.members", without(good_cluster(), "db2", "patroni"), "db2");
}

TEST(FitnessPatroni, APendingRestartIsNamed) {
    expect_good("patroni.pending_restart", good_cluster());
    expect_found("patroni.pending_restart",
                 with(good_cluster(), "db2", "patroni.pending_restart", "true"), warn, "db2",
                 "patronictl restart");
    expect_unknown("patroni.pending_restart", without(good_cluster(), "db2", "patroni"), "db2");
}

TEST(FitnessPatroni, TheLockOutlivesTheRetries) {
    expect_good("patroni.timing", good_cluster());
    expect_found("patroni.timing", with(good_cluster(), "", "config.retry_timeout", "11"), stop,
                 "10 + 2 x retry_timeout 11 = 32 s is more than ttl 30 s", "ttl at least 32");
    expect_found("patroni.timing", with(good_cluster(), "", "config.ttl", "90"), note, "90 s");
    // Left out they are Patroni's own, which keep the rule.
    ClusterFacts defaults = with(good_cluster(), "", "config.ttl", "");
    expect_good("patroni.timing", with(defaults, "", "config.retry_timeout", ""));
    ClusterFacts const unset = with(good_cluster(), "", "config.primary_start_timeout", "");
    expect_found("patroni.timing", unset, note, "not set: 300 s");
    expect_good("patroni.timing", with(unset, "", "config.master_start_timeout", "30"));
    expect_unknown("patroni.timing", without(good_cluster(), "", "config"), "config");
}

TEST(FitnessPatroni, AsynchronousHasAPrice) {
    expect_good("patroni.synchronous", good_cluster());
    expect_good("patroni.synchronous",
                with(good_cluster(), "", "config.synchronous_mode", "quorum"));
    expect_found("patroni.synchronous",
                 with(good_cluster(), "", "config.synchronous_mode", "false"), warn,
                 "synchronous_mode is off");
    expect_found("patroni.synchronous",
                 with(good_cluster(), "", "config.synchronous_mode_strict", ""), note, "strict");
    expect_unknown("patroni.synchronous", without(good_cluster(), "", "config"), "config");
}

TEST(FitnessPatroni, Failsafe) {
    expect_good("patroni.failsafe", good_cluster());
    expect_found("patroni.failsafe", with(good_cluster(), "", "config.failsafe_mode", ""), note,
                 "failsafe_mode is off");
    expect_unknown("patroni.failsafe", without(good_cluster(), "", "config"), "config");
}

TEST(FitnessPatroni, AFormerLeaderCanComeBack) {
    expect_good("patroni.rewind", good_cluster());
    ClusterFacts const off = with(good_cluster(), "", "config.postgresql.use_pg_rewind", "false");
    expect_found("patroni.rewind", off, stop, "db1: use_pg_rewind is off", "wal_log_hints");
    expect_found(
        "patroni.rewind",
        with(off, "", "config.postgresql.remove_data_directory_on_diverged_timelines", "true"),
        warn, "copied anew");
    // The member's own file wins.
    expect_found("patroni.rewind",
                 with(good_cluster(), "db2", "yaml.postgresql.use_pg_rewind", "false"), stop,
                 "db2: use_pg_rewind is off");
    // YAML has truth in letters of any size.
    expect_good("patroni.rewind", with(off, "", "config.postgresql.use_pg_rewind", "True"));
    expect_good("patroni.rewind",
                with(good_cluster(), "db2", "yaml.postgresql.use_pg_rewind", "True"));
    ClusterFacts const plain = with(good_cluster(), "db1", "setting.data_checksums", "off");
    expect_found("patroni.rewind", plain, stop, "data_checksums and wal_log_hints are both off");
    expect_good("patroni.rewind", with(plain, "db1", "setting.wal_log_hints", "on"));
    expect_found("patroni.rewind", with(good_cluster(), "db1", "rewinder", "postgres"), stop,
                 "\"rewinder\" may not read", "grant execute");
    expect_found("patroni.rewind",
                 with(good_cluster(), "db1", "role_setting", "rewinder\t\tstatement_timeout=1min"),
                 warn, "statement_timeout=1min");
    expect_unknown("patroni.rewind", without(good_cluster(), "", "config"), "config");
    expect_unknown("patroni.rewind", without(good_cluster(), "db2", "setting"), "db2: setting");
    expect_unknown("patroni.rewind", without(good_cluster(), "db1", "rewinder"), "rewinder");
}

TEST(FitnessPatroni, ALeaderThatHangsIsReset) {
    expect_good("patroni.watchdog", good_cluster());
    expect_found("patroni.watchdog", with(good_cluster(), "db1", "watchdog.held", "no"), warn,
                 "db1 leads, and its Patroni holds no watchdog");
    // A replica holds none, but must have one.
    expect_good("patroni.watchdog", with(good_cluster(), "db2", "watchdog.held", "no"));
    expect_found("patroni.watchdog", with(good_cluster(), "db2", "watchdog.device", "no"), warn,
                 "db2: no watchdog device");
    ClusterFacts const other =
        with(good_cluster(), "db2", "yaml.watchdog.device", "/dev/watchdog1");
    expect_good("patroni.watchdog", other);
    expect_found("patroni.watchdog", with(other, "db2", "watchdog.device", "no"), warn,
                 "db2: no watchdog device /dev/watchdog1 (mode required)");
    expect_found("patroni.watchdog", with(other, "db2", "patroni.watchdog_failed", "true"), stop,
                 "could not arm", "make /dev/watchdog1 writable");
    expect_found("patroni.watchdog", with(good_cluster(), "db2", "yaml.watchdog.mode", "off"), warn,
                 "db2: watchdog.mode is off");
    expect_found("patroni.watchdog", with(good_cluster(), "db2", "yaml.watchdog.mode", "Off"), warn,
                 "db2: watchdog.mode is off");
    expect_found("patroni.watchdog", with(good_cluster(), "db1", "patroni.watchdog_failed", "true"),
                 stop, "could not arm");
    expect_unknown("patroni.watchdog", without(good_cluster(), "db1", "watchdog"), "db1");
    expect_unknown("patroni.watchdog", without(good_cluster(), "db1", "yaml"), "db1");
}

TEST(FitnessPatroni, HowFarBehindANewLeaderMayBe) {
    expect_good("patroni.maximum_lag", good_cluster());
    ClusterFacts const small =
        with(good_cluster(), "", "config.maximum_lag_on_failover", "1048576");
    expect_found("patroni.maximum_lag", small, warn, "less than a WAL segment", "16777216");
    expect_good("patroni.maximum_lag", with(small, "db1", "setting.archive_mode", "off"));
    expect_found("patroni.maximum_lag",
                 with(good_cluster(), "", "config.maximum_lag_on_failover", "9999999999"), warn,
                 "MiB");
    expect_unknown("patroni.maximum_lag", without(good_cluster(), "db1", "setting"), "db1");
}

TEST(FitnessPatroni, OneVersion) {
    expect_good("patroni.version", good_cluster());
    expect_found("patroni.version", with(good_cluster(), "db3", "patroni.patroni.version", "3.0.2"),
                 warn, "db1 has patroni.version 4.1.4, db3 has 3.0.2");
    expect_unknown("patroni.version", without(good_cluster(), "db3", "patroni"), "db3");
}

TEST(FitnessPatroni, ATakenLockIsSaidAsSeenAndElseNotKnown) {
    ClusterFacts old = good_cluster();
    for (char const* node : {"db1", "db2", "db3"})
        old = with(old, node, "patroni.patroni.version", "3.0.2");
    expect_found("patroni.stolen_lock", old, warn,
                 "Patroni 3.0.2 with etcd's version 3 API on db1, db2, db3", "upgrade Patroni");
    expect_unknown("patroni.stolen_lock", good_cluster(), "whether Patroni 4.1.4");
    // Through version 2, or another store, it is another code.
    ClusterFacts version2 = old;
    for (char const* node : {"db1", "db2", "db3"}) {
        version2 = with(version2, node, "yaml.etcd3", "");
        facts_of(version2, node).add("yaml.etcd", "");
    }
    expect_good("patroni.stolen_lock", version2);
    expect_found("patroni.stolen_lock",
                 with(version2, "db2", "yaml.environment", "PATRONI_ETCD3_HOSTS"), warn, "on db2");
    expect_unknown("patroni.stolen_lock", without(version2, "db2", "yaml"), "db2");
}

}  // namespace
}  // namespace interregnum::test
