// SPDX-License-Identifier: MIT
#include "harness/engine/power_on.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using Words = std::vector<std::string>;

Inventory inventory_with(Words on) {
    Inventory inventory;
    inventory.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                       {.name = "db2", .address = "10.0.0.2", .group = "db"},
                       {.name = "db3", .address = "10.0.0.3", .group = "db"}};
    inventory.power = {
        .kind = PowerAccess::Kind::commands, .off = {"cloud", "stop"}, .on = std::move(on)};
    return inventory;
}

std::map<std::string, Status> sessions() {
    return {{"db1", Status()},
            {"db2", fail(Error::Kind::unreachable, "no answer")},
            {"db3", fail(Error::Kind::refused, "another host key")}};
}

TEST(PowerOn, IsForServersThatDoNotAnswer) {
    auto const commands = power_on_silent(inventory_with({"cloud", "start", "{node}"}), sessions());
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands.at("db2").argv, (Words{"cloud", "start", "db2"}));
    EXPECT_EQ(commands.at("db2").node, "") << "it runs on the controller";
}

TEST(PowerOn, FillsInNamesInsideWordsToo) {
    auto const commands = power_on_silent(
        inventory_with({"cloud", "start", "--name={node}", "{node}@{address}:{node}"}), sessions());
    EXPECT_EQ(commands.at("db2").argv, (Words{"cloud", "start", "--name=db2", "db2@10.0.0.2:db2"}));
}

TEST(PowerOn, IsNothingWhereTheInventoryHasNoCommand) {
    EXPECT_TRUE(power_on_silent(inventory_with({}), sessions()).empty());
}

}  // namespace
}  // namespace interregnum
