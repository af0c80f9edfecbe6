// SPDX-License-Identifier: MIT
// A power fault on several nodes, of which AWS took one back: the others are switched on.
#include "harness/engine/power_of_the_gone.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using Words = std::vector<std::string>;

Inventory inventory_with(Words on) {
    Inventory inventory;
    inventory.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                       {.name = "db2", .address = "10.0.0.2", .group = "db"}};
    inventory.power = {
        .kind = PowerAccess::Kind::commands, .off = {"cloud", "stop"}, .on = std::move(on)};
    return inventory;
}

FaultCommand on(std::string const& node) { return {.node = "", .argv = {"cloud", "start", node}}; }

std::string why_gone(std::string const& node) {
    return node == "db1" ? "reclaimed by AWS at 03:12" : "";
}

std::vector<Words> argvs(std::vector<FaultCommand> const& commands) {
    std::vector<Words> all;
    for (FaultCommand const& command : commands) all.push_back(command.argv);
    return all;
}

TEST(PowerOfTheGone, IsNotInTheWayOfTheOthers) {
    FaultCommand const other{.node = "db1", .argv = {"cloud", "start", "db1"}};
    FaultCommand const local{.node = "", .argv = {"rm", "file"}};
    auto const split =
        split_off_power_of_the_gone({on("db1"), local, on("db2"), other},
                                    inventory_with({"cloud", "start", "{node}"}), why_gone);
    EXPECT_EQ(argvs(split.commands),
              (std::vector<Words>{{"rm", "file"}, {"cloud", "start", "db2"}, other.argv}));
    EXPECT_EQ(argvs(split.of_the_gone), (std::vector<Words>{{"cloud", "start", "db1"}}));
    EXPECT_EQ(split.gone, "db1: reclaimed by AWS at 03:12; nothing is left to undo there");
}

TEST(PowerOfTheGone, IsNoneWhereEveryNodeExists) {
    auto const split = split_off_power_of_the_gone(
        {on("db1"), on("db2")}, inventory_with({"cloud", "start", "{node}"}),
        [](std::string const&) { return std::string(); });
    EXPECT_EQ(split.commands.size(), 2U);
    EXPECT_TRUE(split.of_the_gone.empty());
    EXPECT_EQ(split.gone, "");
}

TEST(PowerOfTheGone, IsTheOthersTooWhereOneCommandSwitchesOnAll) {
    auto const split =
        split_off_power_of_the_gone({{.node = "", .argv = {"cloud", "start-all"}}},
                                    inventory_with({"cloud", "start-all"}), why_gone);
    EXPECT_EQ(split.commands.size(), 1U);
    EXPECT_TRUE(split.of_the_gone.empty());
}

}  // namespace
}  // namespace interregnum
