// SPDX-License-Identifier: MIT
// A power fault on several nodes, of which AWS took one back: the others are switched on.
#include "harness/engine/power_of_the_gone.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/active_fault.h"
#include "harness/faults/support/power.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
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

class Kept final : public record::Sink {
public:
    void write(record::Event event) override {
        if (auto const* fault = std::get_if<record::FaultEvent>(&event)) last_ = *fault;
    }
    [[nodiscard]] record::FaultEvent const& last() const { return last_; }

private:
    record::FaultEvent last_;
};

/// What a run says of its own undoing, not `heal`'s, of servers that these commands switch on.
record::FaultEvent undone(test::TempFolder const& folder, std::vector<std::string> const& on,
                          WhyGone why, Duration patience) {
    Inventory const inventory = inventory_with(on);
    FaultPlan plan{.targets = {"db1", "db2"}, .self_heal = SelfHeal::controller};
    for (InventoryNode const& node : inventory.nodes)
        plan.undo.push_back(
            *restore_power({.name = node.name, .address = node.address}, inventory.power));
    test::HandClock clock;
    Fleet fleet;
    Hands hands(fleet);
    Kept kept;
    auto opened = UndoJournal::open(folder / "journal");
    EXPECT_TRUE(opened);
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m", .kind = "node.crash", .role = "any", .lease = 20s}, plan,
        {.hands = hands,
         .journal = *opened,
         .sink = kept,
         .clock = clock,
         .origin = clock.now(),
         .why_gone = std::move(why),
         .inventory = &inventory},
        {});
    EXPECT_TRUE(fault);
    static_cast<void>(fault->undo(patience));
    return kept.last();
}

// A node leaves a file where it is switched on, and db1 cannot be.
TEST(PowerOfTheGone, DoesNotKeepARunFromSwitchingTheOthersOn) {
    test::TempFolder const folder;
    std::vector<std::string> const on{"sh", "-c",
                                      "test {node} != db1 && : >" + (folder / "{node}.on")};
    auto const nobody = undone(folder, on, [](std::string const&) { return std::string(); }, 0s);
    EXPECT_EQ(nobody.stage, record::FaultStage::undo_failed);
    EXPECT_TRUE(std::filesystem::remove(folder / "db2.on")) << "though the one before it failed";
    auto const one = undone(folder, on, why_gone, 1min);
    EXPECT_EQ(one.stage, record::FaultStage::undone) << one.detail;
    EXPECT_EQ(one.detail, "db1: reclaimed by AWS at 03:12; nothing is left to undo there");
    EXPECT_TRUE(std::filesystem::exists(folder / "db2.on"));
}

// It was told that it would be taken back, and was not; and the cloud says no twice.
TEST(PowerOfTheGone, IsTriedAgainWhileItMayBeThere) {
    test::TempFolder const folder;
    std::vector<std::string> const on{"sh", "-c",
                                      "echo >>" + (folder / "{node}.tries") + " && test $(wc -l <" +
                                          (folder / "{node}.tries") + ") -ge 3 && : >" +
                                          (folder / "{node}.on")};
    auto const all = undone(folder, on, why_gone, 1min);
    EXPECT_EQ(all.stage, record::FaultStage::undone) << all.detail;
    EXPECT_EQ(all.detail, "") << "nothing was left out";
    EXPECT_TRUE(std::filesystem::exists(folder / "db1.on"));
    EXPECT_TRUE(std::filesystem::exists(folder / "db2.on"));
}

}  // namespace
}  // namespace interregnum
