// SPDX-License-Identifier: MIT
// What counts as seen: a look that failed shows nothing.
#include <chrono>
#include <cstddef>
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

class NoSink final : public record::Sink {
public:
    void write(record::Event /*event*/) override {}
};

struct Seen {
    bool proved{};
    std::string ended_too_soon;
};

/// Of a fault that is proved by something that must change, and that ends by itself, after looks
/// that come to `looks`: one before the injection, then the others, the last of them for ever.
Seen see(std::vector<RemoteResult> const& looks) {
    test::TempFolder const folder;
    test::HandClock clock;
    NoSink sink;
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    std::size_t asked = 0;
    node->on_call({"look"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        std::size_t const at = asked < looks.size() ? asked++ : looks.size() - 1;
        return looks.at(at);
    });
    fleet.add("db1", std::move(node));
    Hands hands(fleet);
    auto journal = UndoJournal::open(folder / "undo.journal");
    EXPECT_TRUE(journal);
    FaultPlan const plan{.targets = {"db1"},
                         .evidence = {{.what = "the counter",
                                       .command = {.node = "db1", .argv = {"look"}},
                                       .relation = Evidence::Relation::changed}},
                         .self_heal = SelfHeal::by_itself,
                         .hold = std::chrono::seconds(10)};
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m_f1", .kind = "cpu.starve", .role = "leader"}, plan,
        {.hands = hands, .journal = *journal, .sink = sink, .clock = clock, .origin = Instant()},
        {});
    EXPECT_TRUE(fault);
    if (!fault) return {};
    bool const proved = fault->prove({});
    return {.proved = proved, .ended_too_soon = fault->ended_too_soon({})};
}

bool is_proved(std::vector<RemoteResult> const& looks) { return see(looks).proved; }

TEST(Evidence, ALookThatFailedIsNoChange) {
    EXPECT_TRUE(is_proved({{.exit_status = 0, .out = "7"}, {.exit_status = 0, .out = "8"}}));
    EXPECT_FALSE(is_proved({{.exit_status = 0, .out = "7"}, {.exit_status = 1, .out = ""}}));
    EXPECT_TRUE(is_proved({{.exit_status = 0, .out = "7"},
                           {.exit_status = 1, .out = ""},
                           {.exit_status = 0, .out = "8"}}));
}

TEST(Evidence, OfAFaultThatEndsByItselfIsLookedForAgainWhenItsTimeIsOver) {
    EXPECT_EQ(see({{.exit_status = 0, .out = "7"}, {.exit_status = 0, .out = "8"}}).ended_too_soon,
              "");
    std::string const over = see({{.exit_status = 0, .out = "7"},
                                  {.exit_status = 0, .out = "8"},
                                  {.exit_status = 0, .out = "7"}})
                                 .ended_too_soon;
    EXPECT_NE(over.find("not in force for its 10s (the counter: as before"), std::string::npos)
        << over;
}

}  // namespace
}  // namespace interregnum
