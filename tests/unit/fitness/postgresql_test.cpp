// SPDX-License-Identifier: MIT
// What makes PostgreSQL fit for production: good, bad and unknown.
#include "tests/unit/fitness/good_cluster.h"

namespace interregnum::test {
namespace {

using enum Severity;

TEST(FitnessPostgresql, WhatIsWrittenIsOnDisk) {
    expect_good("postgresql.durability", good_cluster());
    expect_found("postgresql.durability", with(good_cluster(), "db2", "setting.fsync", "off"), stop,
                 "db2: fsync is off", "fsync = on");
    expect_found("postgresql.durability",
                 with(good_cluster(), "db1", "setting.full_page_writes", "off"), stop,
                 "full_page_writes");
    expect_unknown("postgresql.durability", without(good_cluster(), "db1", "setting"), "db1");
}

TEST(FitnessPostgresql, OneRoleIsEnoughToLoseOrders) {
    char const* item = "postgresql.synchronous_commit";
    expect_good(item, good_cluster());
    expect_found(
        item, with(good_cluster(), "db1", "role_setting", "drill\t\tsynchronous_commit=off"), stop,
        "role drill: synchronous_commit is off", "ALTER ROLE drill RESET synchronous_commit");
    expect_found(item,
                 with(good_cluster(), "db1", "role_setting", "\tshop\tsynchronous_commit=off"),
                 stop, "database shop", "ALTER DATABASE shop RESET");
    expect_found(item,
                 with(good_cluster(), "db1", "role_setting", "drill\tshop\tsynchronous_commit=off"),
                 stop, "role drill in database shop", "IN DATABASE shop");
    expect_found(item, with(good_cluster(), "db1", "role_setting", "\t\tsynchronous_commit=off"),
                 stop, "all roles: synchronous_commit is off", "ALTER ROLE ALL RESET");
    // What is set for all roles the nodes' sessions begin with, whatever Patroni is told.
    expect_found(item,
                 with(with(good_cluster(), "db1", "role_setting", "\t\tsynchronous_commit=off"),
                      "db2", "setting.synchronous_commit", "off"),
                 stop, "db2: synchronous_commit is off",
                 "synchronous_commit: 'on' (or `ALTER ROLE ALL RESET synchronous_commit`)");
    expect_found(item, with(good_cluster(), "db3", "setting.synchronous_commit", "off"), stop,
                 "db3");
    expect_found(item,
                 with(good_cluster(), "db1", "role_setting", "drill\t\tsynchronous_commit=OFF"),
                 stop, "role drill: synchronous_commit is off");
    // "local" gives the standby up, which is a loss only where one was promised.
    ClusterFacts const local = with(good_cluster(), "db1", "setting.synchronous_commit", "local");
    expect_found(item, local, stop, "is local");
    expect_good(item, with(local, "", "config.synchronous_mode", "false"));
    expect_unknown(item, without(good_cluster(), "db1", "role_setting"), "role_setting");
    ClusterFacts headless = good_cluster();
    headless.leader.clear();
    expect_unknown(item, headless, "no leader");
}

TEST(FitnessPostgresql, SettingsAgree) {
    char const* item = "postgresql.parameters";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db2", "setting.max_connections", "100"), stop,
                 "db2: max_connections is 100, on the leader db1 it is 220");
    expect_good(item, with(good_cluster(), "db2", "setting.max_connections", "300"));
    expect_found(item, with(good_cluster(), "db3", "setting.statement_timeout", "5000"), warn,
                 "statement_timeout is 0 on db1, 5000 on db3");
    expect_unknown(item, without(good_cluster(), "db3", "setting"), "db3");
}

TEST(FitnessPostgresql, SlotsDoNotFillTheDisk) {
    char const* item = "postgresql.slots";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db1", "slot", "old\tlogical\tf\t3221225472\textended"),
                 warn, "slot old (logical) has no reader and retains 3072 MiB",
                 "pg_drop_replication_slot");
    expect_found(item, with(good_cluster(), "db1", "slot", "old\tlogical\tt\t0\tlost"), warn,
                 "wal_status is lost");
    expect_found(item, with(good_cluster(), "db1", "setting.max_slot_wal_keep_size", "-1"), note,
                 "no limit");
    expect_unknown(item, without(good_cluster(), "db1", "slot"), "slot");
}

TEST(FitnessPostgresql, IdsDoNotRunOut) {
    char const* item = "postgresql.ids";
    expect_good(item, good_cluster());
    auto const at = [](std::string const& used) {
        return with(good_cluster(), "db1", "id",
                    "shop\tsequence public.orders_id_seq\t" + used + "\t2147483647");
    };
    expect_good(item, at("1000000"));
    expect_found(item, at("1100000000"), note, "51 %");
    expect_found(item, at("1600000000"), warn, "75 %");
    expect_found(item, at("2100000000"), stop,
                 "shop: sequence public.orders_id_seq is at 2100000000 of 2147483647 (98 %)",
                 "bigint");
    expect_found(item, at("2147483647"), stop, "100 %");
    expect_unknown(item, without(good_cluster(), "db1", "id"), "id");
    // What came before the trouble counts.
    expect_found(item, without(at("2100000000"), "db1", "id"), stop, "98 %");
    expect_good(item, with(good_cluster(), "db1", "id", "shop"));
}

TEST(FitnessPostgresql, TimeIsUtc) {
    char const* item = "postgresql.timezone";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db2", "setting.TimeZone", "Europe/Berlin"), warn,
                 "db2: TimeZone is \"Europe/Berlin\"");
    expect_found(item, with(good_cluster(), "db2", "setting.log_timezone", "Europe/Berlin"), note,
                 "log_timezone");
    expect_found(item, with(good_cluster(), "db1", "role_setting", "app\t\tTimeZone=Asia/Tokyo"),
                 warn, "TimeZone=Asia/Tokyo");
    for (char const* zone : {"utc", "Zulu", "Etc/UCT"})
        expect_good(item, with(good_cluster(), "db1", "role_setting",
                               std::string("app\t\tTimeZone=") + zone));
    expect_unknown(item, without(good_cluster(), "db2", "setting"), "db2");
}

TEST(FitnessPostgresql, TextSortsAlike) {
    char const* item = "postgresql.collation";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db1", "collation", "shop\t2.31\t2.36"), stop,
                 "collation version 2.31, the system has 2.36", "REINDEX DATABASE shop");
    expect_good(item, with(good_cluster(), "db1", "collation", "shop\t\t"));
    expect_found(item, with(good_cluster(), "db3", "os.libc", "glibc 2.41"), stop,
                 "db1 has glibc 2.36, db3 has glibc 2.41");
    expect_unknown(item, without(good_cluster(), "db1", "collation"), "db1");
}

TEST(FitnessPostgresql, WalIsArchived) {
    char const* item = "postgresql.archive";
    expect_unknown(item, good_cluster(), "last base backup");
    expect_found(item, with(good_cluster(), "db1", "setting.archive_mode", "off"), warn,
                 "archive_mode is off");
    expect_found(item, with(good_cluster(), "db1", "archiver", "12\tt\t900"), stop,
                 "the archiver fails (12 times");
    expect_found(item, with(good_cluster(), "db1", "archiver", "0\tf\t"), warn, "ever archived");
    expect_found(item, with(good_cluster(), "db1", "archiver", "0\tf\t7200"), note, "120 minutes");
    expect_unknown(item, without(good_cluster(), "db1", "archiver"), "archiver");
}

TEST(FitnessPostgresql, RoomOnDisk) {
    char const* item = "postgresql.disk";
    expect_good(item, good_cluster());
    expect_found(item, with(good_cluster(), "db2", "disk.wal", "97"), stop,
                 "db2: the volume of wal is 97 % full");
    expect_found(item, with(good_cluster(), "db2", "disk.data", "85"), warn, "data is 85 %");
    expect_unknown(item, with(good_cluster(), "db2", "disk.data", ""), "db2");
    expect_unknown(item, without(good_cluster(), "db2", "disk"), "db2");
}

}  // namespace
}  // namespace interregnum::test
