// SPDX-License-Identifier: MIT
#include "harness/engine/watch_lines.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using Changes = std::vector<std::string>;

Standing healthy() {
    return {.leaders = {"db1"}, .timeline = 3, .redis_masters = {"db2"}, .down = {}};
}

TEST(WatchLine, SaysHowEachPathFaresAndWhoLeads) {
    LiveLook const look{
        .standing = healthy(),
        .paths = {{.name = "write", .asked = 100, .served = 100, .median = 2100us, .p99 = 8400us},
                  {.name = "ticket", .asked = 0, .served = 0}}};
    EXPECT_EQ(watch_line(12s, look),
              "12.0 s: write 100/100 2.1/8.4 ms | ticket 0/0 | leader db1, timeline 3 | "
              "redis master db2");
}

TEST(WatchLine, SaysSinceWhenAPathIsDown) {
    LiveLook const look{
        .standing = {.leaders = {},
                     .timeline = 0,
                     .redis_masters = {"db2", "db3"},
                     .down = {{"write", {{"app1:5000", 8800ms}, {"app2:5000", 8820ms}}}}},
        .paths = {{.name = "write", .asked = 100, .served = 0}}};
    EXPECT_EQ(watch_line(12s, look),
              "12.0 s: write 0/100 DOWN 3.2 s (app1:5000, app2:5000) | leader nobody | "
              "redis master db2 and db3");
}

TEST(WatchChanges, AreNoneWhereNothingChanged) {
    EXPECT_EQ(watch_changes(1s, healthy(), healthy()), Changes{});
    Standing down = healthy();
    down.down = {{"write", {{"app1:5000", 800ms}}}};
    Standing longer = down;
    longer.down["write"]["app1:5000"] = 780ms;  // an earlier one that came in later
    EXPECT_EQ(watch_changes(1s, down, longer), Changes{});
}

TEST(WatchChanges, NameALeaderATimelineAndARedisMaster) {
    Standing const after{.leaders = {"db2"}, .timeline = 4, .redis_masters = {"db3"}, .down = {}};
    EXPECT_EQ(watch_changes(1s, healthy(), after),
              (Changes{"leader db1 -> db2", "timeline 3 -> 4", "redis master db2 -> db3"}));
    Standing without_leader = healthy();
    without_leader.leaders.clear();
    without_leader.timeline = 0;
    EXPECT_EQ(watch_changes(1s, healthy(), without_leader), Changes{"leader db1 -> nobody"});
}

TEST(WatchChanges, NamePathsThatGoDownAndComeBack) {
    Standing down = healthy();
    down.down = {{"read", {{"app1:5001", 500ms}}},
                 {"write", {{"app1:5000", 800ms}, {"app2:5000", 820ms}}}};
    EXPECT_EQ(watch_changes(1s, healthy(), down),
              (Changes{"read DOWN through app1:5001", "write DOWN through app1:5000, app2:5000"}));
    Standing half = down;
    half.down.erase("read");
    half.down["write"].erase("app1:5000");
    EXPECT_EQ(watch_changes(4s, down, half),
              (Changes{"read served again through app1:5001, after 3.5 s",
                       "write served again through app1:5000, after 3.2 s"}));
}

}  // namespace
}  // namespace interregnum
