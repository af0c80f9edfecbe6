// SPDX-License-Identifier: MIT
#include "harness/base/units.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsCarryTheirUnit) {
    EXPECT_EQ(parse_duration("30s"), 30s);
    EXPECT_EQ(parse_duration("1m30s"), 90s);
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("2h"), 2h);
    EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Units, SlipsAreNotDurations) {
    for (char const* text : {"", "30", "s", "30 s", "-1s", "30sec", "30s1m", "5s5s", "1e9s", "nan",
                             "inf", ".5s", "1.2.3s", "999999999h"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Units, DurationsReadBackAsWritten) {
    for (char const* text : {"0s", "30s", "1m30s", "500ms", "2h", "1s500ms", "7ns"})
        EXPECT_EQ(format_duration(*parse_duration(text)), text);
}

TEST(Units, Rates) {
    EXPECT_DOUBLE_EQ(*parse_rate_per_s("50/s"), 50);
    EXPECT_DOUBLE_EQ(*parse_rate_per_s("30/m"), 0.5);
    for (char const* text : {"50", "/s", "0/s", "-1/s", "50/d", "50 /s", "9999999/s"})
        EXPECT_EQ(parse_rate_per_s(text), std::nullopt) << text;
}

TEST(Units, WallTimesReadBackAsWritten) {
    for (char const* text : {"1970-01-01T00:00:00.000Z", "2026-11-22T03:10:44.123Z"}) {
        auto const at = parse_wall(text);
        ASSERT_TRUE(at) << text;
        EXPECT_EQ(format_wall(*at), text);
    }
    for (char const* text : {"", "2026-11-22", "2026-11-22T03:10:44Z", "2026-13-22T03:10:44.123Z",
                             "2026-11-31T03:10:44.123Z", "9999-11-22T03:10:44.123Z",
                             "0001-01-01T00:00:00.000Z", "2026-11-22 03:10:44.123Z"})
        EXPECT_EQ(parse_wall(text), std::nullopt) << text;
}

TEST(Units, Bytes) {
    EXPECT_EQ(parse_bytes("16MiB"), 16U << 20U);
    EXPECT_EQ(parse_bytes("10MB"), 10'000'000U);
    EXPECT_EQ(parse_bytes("512B"), 512U);
    for (char const* text : {"512", "MB", "1e3B", "-1B", "99999999999999TiB"})
        EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
}

TEST(Units, ShownForPeople) {
    EXPECT_EQ(format_seconds(31'944ms), "31.94 s");
    EXPECT_EQ(format_count(3412), "3,412");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(-1234567), "-1,234,567");
    EXPECT_EQ(format_wall(1'795'316'400s + 123ms), "2026-11-22T03:00:00.123Z");
    EXPECT_EQ(format_wall_for_file(1'795'316'400s), "2026-11-22T03-00-00");
}

}  // namespace
}  // namespace interregnum
