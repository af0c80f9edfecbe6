// SPDX-License-Identifier: MIT
#include "harness/lab/settings.h"

#include <gtest/gtest.h>

#include "harness/lab/gucs.h"

namespace interregnum::test {
namespace {

Result<LabSettings> parse(std::vector<std::string> const& set) { return parse_lab_settings(set); }

std::string mistake(std::vector<std::string> const& set) {
    auto const settings = parse(set);
    if (settings) return "";
    EXPECT_EQ(settings.error().kind, Error::Kind::invalid);
    return settings.error().message;
}

constexpr std::string_view guc_table =
    "fsync\tsighup\tWAL\tBOOLEAN\ton\t\t\tdoc\t\n"
    "max_connections\tpostmaster\tConnections\tINTEGER\t100\t1\t262143\tdoc\t\n"
    "work_mem\tuser\tMemory\tINTEGER\t4096\t64\t2147483647\tdoc\t\n"
    "wal_level\tpostmaster\tWAL\tENUM\treplica\t\t\tdoc\t\n";

std::string guc_mistake(std::string const& set) {
    auto const settings = parse({set});
    if (!settings) return settings.error().message;
    Status const good = check_gucs(*settings, guc_table);
    return good ? "" : good.error().message;
}

TEST(LabSettings, EveryDefaultOfTheTableIsValid) {
    auto const settings = parse({});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->values.integer("patroni.ttl"), 30);
    EXPECT_EQ(settings->values.duration("redis.down_after"), std::chrono::seconds(30));
    EXPECT_FALSE(settings->values.flag("patroni.synchronous_mode"));
    EXPECT_FALSE(settings->values.has("haproxy.fastinter"));
    EXPECT_TRUE(settings->warnings().empty());
}

TEST(LabSettings, ReadsWhatIsSet) {
    auto const settings = parse({"patroni.ttl=20", "patroni.synchronous_mode=true",
                                 "redis.down_after=5s", "postgresql.work_mem=8MB"});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->values.integer("patroni.ttl"), 20);
    EXPECT_TRUE(settings->values.flag("patroni.synchronous_mode"));
    EXPECT_EQ(settings->values.duration("redis.down_after"), std::chrono::seconds(5));
    EXPECT_EQ(settings->gucs.at("work_mem"), "8MB");
}

TEST(LabSettings, NamesTheNearestSetting) {
    EXPECT_NE(mistake({"patroni.tttl=20"}).find("did you mean \"patroni.ttl\"?"),
              std::string::npos);
}

TEST(LabSettings, RefusesAValueWithoutItsUnitAndOneOutOfBounds) {
    EXPECT_NE(mistake({"redis.down_after=5"}).find("a duration"), std::string::npos);
    EXPECT_NE(mistake({"patroni.ttl=19"}).find("expected 20 to 3600"), std::string::npos);
    EXPECT_NE(mistake({"redis.down_after=1us"}).find("whole milliseconds"), std::string::npos);
    EXPECT_NE(mistake({"patroni.ttl"}).find("NAME=VALUE"), std::string::npos);
    EXPECT_NE(mistake({"redis.appendfsync=never"}), "");
}

TEST(LabSettings, WarnsOfTimingsBeyondPatronisRule) {
    auto const settings = parse({"patroni.ttl=20"});
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->warnings().size(), 1U);
    EXPECT_NE(settings->warnings()[0].find("ttl 20"), std::string::npos);
}

TEST(LabSettings, EqualSettingsHaveEqualLines) {
    EXPECT_EQ(parse({"redis.down_after=5s"})->lines(), parse({"redis.down_after=5000ms"})->lines());
    EXPECT_NE(parse({"redis.down_after=5s"})->lines(), parse({})->lines());
}

TEST(LabSettings, HelpShowsEveryRow) {
    std::string const help = describe_lab_settings();
    for (OptionSpec const& spec : lab_settings_table())
        EXPECT_NE(help.find(spec.name), std::string::npos) << spec.name;
}

TEST(LabGucs, ChecksNamesAndValuesAgainstTheServersList) {
    EXPECT_EQ(guc_mistake("postgresql.max_connections=300"), "");
    EXPECT_EQ(guc_mistake("postgresql.work_mem=8MB"), "");
    EXPECT_EQ(guc_mistake("postgresql.fsync=off"), "");
    EXPECT_EQ(guc_mistake("postgresql.auto_explain.log_min_duration=1s"), "");
    EXPECT_NE(guc_mistake("postgresql.max_conections=300").find("\"max_connections\""),
              std::string::npos);
    EXPECT_NE(guc_mistake("postgresql.max_connections=0").find("1 to 262143"), std::string::npos);
    EXPECT_NE(guc_mistake("postgresql.max_connections=many").find("a number"), std::string::npos);
    EXPECT_NE(guc_mistake("postgresql.fsync=maybe").find("on or off"), std::string::npos);
    EXPECT_NE(guc_mistake("postgresql.listen_addresses=*").find("Patroni"), std::string::npos);
    EXPECT_NE(guc_mistake("postgresql.Work-Mem=1"), "");
    EXPECT_NE(guc_mistake("postgresql.work_mem="), "");
}

}  // namespace
}  // namespace interregnum::test
