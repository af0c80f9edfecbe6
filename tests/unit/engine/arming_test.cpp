// SPDX-License-Identifier: MIT
// What is sent ahead to a node, run by a real shell in a folder of its own where that is possible.
#include "harness/engine/arming.h"

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "harness/base/clock.h"
#include "harness/base/process.h"
#include "harness/engine/heal_lines.h"
#include "harness/engine/sweep.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// "" when `sh -n` accepts the text.
std::string syntax_error(std::string const& script) {
    auto const checked = run_local({.argv = {"sh", "-n"}, .input = script, .timeout = 10s});
    if (!checked) return checked.error().message;
    return checked->exit_status == 0 ? "" : checked->err;
}

Arming arming() {
    return {.id = "r1_f1",
            .kind = "test.kind",
            .lease = 4500ms,
            .limit = 90s,
            .inject = {{.node = "db1",
                        .argv = {"printf", "%s", "it's \n $(touch /tmp/no)"},
                        .timeout = 2s}},
            .undo = {{.node = "db1", .argv = {"true"}, .timeout = 3s}},
            .renew = {{.node = "db1", .argv = {"true"}, .timeout = 1s}}};
}

TEST(Arming, IsShellThatAShellAccepts) {
    EXPECT_EQ(syntax_error(arm_text(arming(), sweep_script())), "");
    EXPECT_EQ(syntax_error(sweep_script()), "");
    EXPECT_EQ(syntax_error(residue_script()), "");
}

TEST(Arming, CountsInHundredthsOfUptime) {
    std::string const text = arm_text(arming(), "");
    EXPECT_TRUE(text.contains("$((now + 450)) >lease")) << text;
    EXPECT_TRUE(text.contains("$((now + 9000)) >limit")) << text;
}

TEST(Arming, HandsTheUndoOverBeforeTheWatcherStarts) {
    std::string const text = arm_text(arming(), "");
    EXPECT_LT(text.find(">undo"), text.find("systemd-run"));
    EXPECT_LT(text.find(">lease"), text.find(">undo"));
}

TEST(Arming, FiresWithOneShortLineAndTheTimeAllItsCommandsMayTake) {
    FaultCommand const fire = fire_command("db1", arming());
    EXPECT_EQ(fire.argv, (std::vector<std::string>{"sh", "/run/interregnum/r1_f1/inject"}));
    EXPECT_TRUE(fire.bounds_itself);
    EXPECT_EQ(fire.timeout, 3s);
}

TEST(Arming, ANodeDoesNotUndoWhatItIsStillInjecting) {
    test::TempFolder const folder;
    Arming const slow{.id = "r1_f1",
                      .kind = "test.kind",
                      .lease = 1s,
                      .limit = 60s,
                      .inject = {{.node = "db1", .argv = {"sleep", "2.5"}, .timeout = 9s}},
                      .undo = {{.node = "db1", .argv = {"touch", folder / "undone"}}}};
    std::string text = arm_text(slow, "");
    std::string const there = folder / "run/";
    for (std::size_t at = text.find("/run/"); at != std::string::npos;
         at = text.find("/run/", at + there.size()))
        text.replace(at, std::string_view("/run/").size(), there);
    auto const armed = run_local({.argv = {"sh", "-s"}, .input = text, .timeout = 10s});
    ASSERT_TRUE(armed && armed->exit_status == 0) << (armed ? armed->err : armed.error().message);
    auto const injected =
        run_local({.argv = {"sh", there + "interregnum/r1_f1/inject"}, .timeout = 10s});
    ASSERT_TRUE(injected && injected->exit_status == 0);
    EXPECT_FALSE(std::filesystem::exists(folder / "undone"));
    // Nobody renews it: the lease that the inject began anew is over soon.
    SteadyClock clock;
    Instant const deadline = clock.now() + 10s;
    while (std::filesystem::exists(there + "interregnum/r1_f1") && clock.now() < deadline)
        clock.sleep_for(50ms, {});
    EXPECT_TRUE(std::filesystem::exists(folder / "undone"));
}

TEST(Sweep, NamesEveryKindThatLeavesThingsBehind) {
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        if (!kind->sweep.empty()) {
            EXPECT_TRUE(sweep_script().contains(fmt::format("# {}\n", kind->name))) << kind->name;
        }
        EXPECT_EQ(kind->sweep.empty(), kind->residue.empty())
            << kind->name << ": what can be swept can be seen, and the other way round";
    }
}

/// Two kinds that mark by the same file name would undo each other's half: it happened.
TEST(Sweep, KindsMarkByNamesOfTheirOwn) {
    std::regex const marker("/run/interregnum/([a-z_]+)\\.");
    std::map<std::string, std::set<std::string>> groups;
    for (FaultKind const* kind : Registry<FaultKind>::all()) {
        std::string const text(kind->sweep);
        std::string const group(kind->name.substr(0, kind->name.find('.')));
        for (std::sregex_iterator at(text.begin(), text.end(), marker), end; at != end; ++at)
            groups[(*at)[1].str()].insert(group);
    }
    // One mechanism of three kinds; the rest of the name is the property that each limits.
    groups.erase("limit");
    EXPECT_GE(groups.size(), 5U);
    for (auto const& [name, users] : groups)
        EXPECT_EQ(users.size(), 1U) << name << ": " << fmt::format("{}", fmt::join(users, ", "));
}

TEST(HealLines, GiveWhatAConsoleNeeds) {
    Promise const promise{.fault_id = "f1",
                          .kind = "node.crash",
                          .targets = {"db1"},
                          .undo = {{.node = "db2", .argv = {"true"}},
                                   {.node = "", .argv = {"cloud", "start", "it's"}}},
                          .summary = "power\nloss"};
    std::string const text = heal_lines({{"runs/x", {promise}}}, "echo swept");
    EXPECT_TRUE(text.contains("# in force: node.crash (power loss), of runs/x")) << text;
    EXPECT_TRUE(text.contains("# On db2, as root")) << text;
    EXPECT_TRUE(text.contains("sh /run/interregnum/heal")) << text;
    EXPECT_TRUE(text.contains(R"('cloud' 'start' 'it'\''s')")) << text;
    EXPECT_TRUE(text.contains("echo swept")) << text;
    EXPECT_EQ(syntax_error(text), "");
}

}  // namespace
}  // namespace interregnum
