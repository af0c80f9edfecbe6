// SPDX-License-Identifier: MIT
// A server that was told to boot: undone when it is back, and left behind when it is not.
#include "harness/engine/boots.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/active_fault.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class Faults final : public record::Sink {
public:
    void write(record::Event event) override {
        if (auto* fault = std::get_if<record::FaultEvent>(&event)) all.push_back(std::move(*fault));
    }
    std::vector<record::FaultEvent> all;
};

/// Which boot db1 is on so long after the start; "" while it does not answer.
using BootAt = std::function<std::string(Duration)>;

struct Undone {
    Status status;
    Duration took{};  ///< until it was known whether the server is back
    std::vector<record::FaultEvent> told;
    std::size_t promises_open{};
};

/// A crash of db1 that is undone at once.
Undone undo_crash(BootAt const& boot_at, WhyGone const& why_gone = {}) {
    test::TempFolder const folder;
    test::HandClock clock;
    Faults sink;
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->on({"crash"}, 0);
    node->on_call(Boots::boot_id_of("db1").argv, [&](RemoteCommand const&) -> Result<RemoteResult> {
        std::string const boot = boot_at(clock.now() - Instant());
        if (boot.empty()) return fail(Error::Kind::unreachable, "no route");
        return RemoteResult{.exit_status = 0, .out = boot};
    });
    fleet.add("db1", std::move(node));
    Hands hands(fleet);
    auto journal = UndoJournal::open(folder / "undo.journal");
    EXPECT_TRUE(journal);
    FaultPlan const plan{.targets = {"db1"},
                         .inject = {{.node = "db1", .argv = {"crash"}}},
                         .self_heal = SelfHeal::controller,
                         .boots = {"db1"}};
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m_f1", .kind = "node.crash", .role = "leader"}, plan,
        {.hands = hands,
         .journal = *journal,
         .sink = sink,
         .clock = clock,
         .origin = Instant(),
         .why_gone = why_gone},
        {});
    EXPECT_TRUE(fault);
    EXPECT_TRUE(fault->undo(1min));
    EXPECT_TRUE(fault->awaits_boots());
    EXPECT_EQ(sink.all.back().stage, record::FaultStage::undone) << "it was told to boot";
    EXPECT_EQ(open_promises(folder / "undo.journal").value().size(), 1U) << "and is not back yet";
    Undone undone{.status = fault->await_boots()};
    undone.took = clock.now() - Instant();
    undone.told = sink.all;
    undone.promises_open = open_promises(folder / "undo.journal").value().size();
    return undone;
}

TEST(Boots, AServerThatDoesNotComeBackIsLeftBehind) {
    bool asked_before = false;
    auto const undone = undo_crash([&](Duration) {
        return std::exchange(asked_before, true) ? std::string() : std::string("first");
    });
    ASSERT_FALSE(undone.status);
    EXPECT_GE(undone.took, boot_patience);
    EXPECT_LT(undone.took, boot_patience + 10s);
    EXPECT_EQ(undone.told.back().stage, record::FaultStage::undo_failed);
    EXPECT_NE(undone.told.back().detail.find("db1 (no route)"), std::string::npos)
        << undone.told.back().detail;
    EXPECT_NE(undone.told.back().detail.find("switch it on"), std::string::npos);
    EXPECT_EQ(undone.promises_open, 1U) << "heal goes on with it";
}

TEST(Boots, AServerIsBackWhenItAnswersOnAnotherBoot) {
    bool asked_before = false;
    auto const undone = undo_crash([&](Duration at) -> std::string {
        if (!std::exchange(asked_before, true)) return "first";
        return at < 40s ? "" : "second";
    });
    EXPECT_TRUE(undone.status);
    EXPECT_EQ(undone.took, 40s);
    EXPECT_EQ(undone.told.back().stage, record::FaultStage::undone);
    EXPECT_EQ(undone.promises_open, 0U);
}

TEST(Boots, AServerThatStillAnswersMayBeAboutToGoDown) {
    auto const stopping = undo_crash([](Duration at) -> std::string {
        if (at < 10s) return "first";
        return at < 60s ? "" : "second";
    });
    EXPECT_TRUE(stopping.status);
    EXPECT_EQ(stopping.took, 60s);
    auto const stayed = undo_crash([](Duration) { return std::string("first"); });
    EXPECT_TRUE(stayed.status) << "it never went down";
    EXPECT_EQ(stayed.took, 30s);
}

TEST(Boots, OfAServerThatNoLongerExistsNothingIsExpected) {
    bool asked_before = false;
    auto const undone = undo_crash(
        [&](Duration) {
            return std::exchange(asked_before, true) ? std::string() : std::string("first");
        },
        [](std::string const&) { return std::string("AWS announced to terminate it"); });
    EXPECT_TRUE(undone.status);
    EXPECT_EQ(undone.promises_open, 0U);
}

}  // namespace
}  // namespace interregnum
