// SPDX-License-Identifier: MIT
// Plans of faults of disks, processors, memory and clocks, and those of their scripts that can be
// tried on this machine without changing it.
#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/process.h"
#include "harness/fault.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

using Values = std::vector<std::pair<std::string, OptionValue>>;

Result<FaultPlan> plan(std::string_view name, Values values,
                       std::vector<std::string> const& targets = {"db1"}) {
    FaultKind const* kind = Registry<FaultKind>::find(name);
    if (kind == nullptr) return fail(Error::Kind::not_found, "not registered");
    Options options = fallback_options(kind->options);
    for (auto& [option, value] : values) options.set(option, std::move(value));
    ClusterView view;
    view.nodes = {{.name = "db1", .address = "10.0.0.1", .group = "db"},
                  {.name = "db2", .address = "10.0.0.2", .group = "db"}};
    return kind->plan({.id = "r0_f1", .options = options, .targets = targets, .view = view});
}

/// The arguments of a script: what is behind "sh -c SCRIPT interregnum".
std::vector<std::string> arguments(FaultCommand const& command) {
    return {command.argv.begin() + 4, command.argv.end()};
}

Values service(std::string name) { return {{"service", std::move(name)}}; }

/// Every resource fault with options that are enough for it.
std::vector<std::pair<std::string_view, Values>> all() {
    return {{"disk.fill", {}},
            {"disk.freeze", {}},
            {"disk.slow", service("patroni")},
            {"cpu.starve", service("redis")},
            {"memory.pressure", service("etcd")},
            {"clock.step", {}}};
}

TEST(ResourceFaults, EachTargetIsInjectedProvedAndUndoneByItself) {
    for (auto const& [name, values] : all()) {
        SCOPED_TRACE(name);
        auto const made = plan(name, values, {"db1", "db2"});
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(made->self_heal, SelfHeal::node);
        EXPECT_EQ(made->hold, 60s);
        for (std::string const node : {"db1", "db2"}) {
            auto const of_node = [&](FaultCommand const& command) { return command.node == node; };
            EXPECT_EQ(std::ranges::count_if(made->inject, of_node), 1);
            EXPECT_EQ(std::ranges::count_if(made->undo, of_node), 1);
            EXPECT_EQ(std::ranges::count_if(made->evidence, of_node, &Evidence::command), 1);
        }
        // Undo knows nothing but the fault's name; the marker on the node says the rest.
        EXPECT_EQ(arguments(made->undo.front()), std::vector<std::string>{"r0_f1"});
    }
}

TEST(ResourceFaults, ScriptsAreGoodShell) {
    auto const check = [](std::string const& text) {
        auto const said = run_local({.argv = {"sh", "-n"}, .input = text}, {});
        ASSERT_TRUE(said);
        EXPECT_EQ(said->exit_status, 0) << said->err << text;
    };
    for (auto const& [name, values] : all()) {
        SCOPED_TRACE(name);
        auto const made = plan(name, values);
        ASSERT_TRUE(made);
        check(made->inject.front().argv.at(2));
        check(made->undo.front().argv.at(2));
        check(made->evidence.front().command.argv.at(2));
        FaultKind const* kind = Registry<FaultKind>::find(name);
        check(std::string(kind->sweep));
        check(std::string(kind->residue));
    }
}

TEST(ResourceFaults, OnACleanNodeNothingIsLeftAndUndoingIsFine) {
    auto const run = [](std::vector<std::string> argv) {
        auto const said = run_local({.argv = std::move(argv)}, {});
        EXPECT_TRUE(said);
        return said ? *said : LocalResult{};
    };
    for (auto const& [name, values] : all()) {
        SCOPED_TRACE(name);
        FaultKind const* kind = Registry<FaultKind>::find(name);
        for (std::string_view const text : {kind->sweep, kind->residue}) {
            auto const said = run({"sh", "-c", std::string(text)});
            EXPECT_EQ(said.out, "");
            EXPECT_EQ(said.err, "");
        }
        auto const undone = run(plan(name, values)->undo.front().argv);
        EXPECT_EQ(undone.exit_status, 0) << undone.err;
    }
}

TEST(DiskFill, TheVolumeAndTheBytesAreArguments) {
    auto const made =
        plan("disk.fill", {{"volume", std::string("wal")}, {"keep", Bytes{5U << 20U}}});
    ASSERT_TRUE(made);
    EXPECT_EQ(arguments(made->inject.front()),
              (std::vector<std::string>{"r0_f1", "wal", "", "5242880", "false"}));
    EXPECT_EQ(made->nodes_lost, std::vector<std::string>{"db1"});
}

TEST(DiskFill, APathIsAbsoluteAndNeverPartOfAScript) {
    std::string const hostile = "/srv/$(reboot)'; -rf";
    auto const made = plan("disk.fill", {{"path", hostile}});
    ASSERT_TRUE(made);
    EXPECT_EQ(arguments(made->inject.front()).at(2), hostile);
    EXPECT_FALSE(made->inject.front().argv.at(2).contains("reboot"));
    for (char const* bad : {"srv", "-rf", "", "/srv\n/etc", "/srv\x7f"}) {
        EXPECT_FALSE(plan("disk.fill", {{"path", std::string(bad)}})) << bad;
        EXPECT_FALSE(plan("disk.freeze", {{"path", std::string(bad)}})) << bad;
    }
    EXPECT_FALSE(
        plan("disk.slow", {{"service", std::string("redis")}, {"path", std::string("srv")}}));
}

TEST(DiskFreeze, WhatTheNodeNeedsToThawItIsNeverFrozen) {
    auto const made = plan("disk.freeze", {});
    ASSERT_TRUE(made);
    std::string const& script = made->inject.front().argv.at(2);
    EXPECT_LT(script.find("for needed in / /run /var "), script.find("fsfreeze -f"));
    EXPECT_LT(script.find("frozen_disk.$id"), script.find("fsfreeze -f")) << "the marker is first";
}

TEST(DiskSlow, TheTimedReadIsHalfASecondsWorth) {
    auto const made = plan("disk.slow", {{"service", std::string("redis")},
                                         {"bytes", Bytes{1U << 20U}},
                                         {"operations", std::int64_t{1000}}});
    ASSERT_TRUE(made);
    EXPECT_EQ(arguments(made->inject.front()),
              (std::vector<std::string>{"r0_f1", "redis-server.service", "", "1048576", "1000"}));
    EXPECT_EQ(arguments(made->evidence.front().command).back(), "128");
    EXPECT_FALSE(plan("disk.slow", {{"service", std::string("redis")}, {"bytes", Bytes{1}}}));
}

TEST(MemoryPressure, AShareOrSoManyBytes) {
    auto const share = plan("memory.pressure", service("redis"));
    ASSERT_TRUE(share);
    EXPECT_EQ(arguments(share->inject.front()),
              (std::vector<std::string>{"r0_f1", "redis-server.service", "50", ""}));
    auto const bytes =
        plan("memory.pressure", {{"service", std::string("redis")}, {"limit", Bytes{1U << 26U}}});
    ASSERT_TRUE(bytes);
    EXPECT_EQ(arguments(bytes->inject.front()).back(), "67108864");
    EXPECT_FALSE(plan("memory.pressure", {{"service", std::string("redis")}, {"limit", Bytes{0}}}));
}

TEST(ClockStep, NeverInAContainerAndNeverByLessThanASecond) {
    auto const made =
        plan("clock.step", {{"by", Duration(90s)}, {"direction", std::string("back")}});
    ASSERT_TRUE(made);
    EXPECT_EQ(arguments(made->inject.front()), (std::vector<std::string>{"r0_f1", "-90000000000"}));
    std::string const& script = made->inject.front().argv.at(2);
    EXPECT_LT(script.find("systemd-detect-virt --container"), script.find("systemctl stop"));
    EXPECT_LT(script.find("mv \"$marker.new\""), script.find("systemctl stop"));
    EXPECT_FALSE(plan("clock.step", {{"by", Duration(500ms)}}));
    EXPECT_EQ(made->evidence.front().relation, Evidence::Relation::succeeds);
}

TEST(ResourceFaults, EachSaysWhatANodeMustBeAbleToDo) {
    auto const has = [](std::string_view name, std::string_view need) {
        Options const none;
        return std::ranges::count(Registry<FaultKind>::find(name)->needs(none), need) == 1;
    };
    EXPECT_TRUE(has("disk.freeze", "fsfreeze"));
    EXPECT_TRUE(has("disk.slow", "io_limit"));
    EXPECT_TRUE(has("cpu.starve", "cpu_quota"));
    EXPECT_TRUE(has("memory.pressure", "memory_limit"));
    EXPECT_TRUE(has("clock.step", "set_clock"));
}

}  // namespace
}  // namespace interregnum
