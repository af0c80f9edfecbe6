// SPDX-License-Identifier: MIT
// A node that is back too soon: seen while the fault is in force, on a clock that is ours.
#include <gtest/gtest.h>

#include "harness/engine/active_fault.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class NoSink final : public record::Sink {
public:
    void write(record::Event /*event*/) override {}
};

/// What the engine says of a node that answers again `back_after` the injection.
std::string said_of(Duration back_after, Duration stays_silent_for) {
    test::TempFolder const folder;
    test::HandClock clock;
    NoSink sink;
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->on_call({"true"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        if (clock.now() < Instant() + back_after) return fail(Error::Kind::unreachable, "off");
        return RemoteResult{};
    });
    fleet.add("db1", std::move(node));
    Hands hands(fleet);
    auto journal = UndoJournal::open(folder / "undo.journal");
    EXPECT_TRUE(journal);
    FaultPlan const plan{.targets = {"db1"},
                         .evidence = {{.what = "db1 no longer answers",
                                       .command = {.node = "db1", .argv = {"true"}},
                                       .relation = Evidence::Relation::silent}},
                         .self_heal = SelfHeal::controller,
                         .stays_silent_for = stays_silent_for};
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m_f1", .kind = "node.crash", .role = "leader", .lease = 20s}, plan,
        {.hands = hands, .journal = *journal, .sink = sink, .clock = clock, .origin = Instant()},
        {});
    EXPECT_TRUE(fault);
    EXPECT_TRUE(fault->prove({}));
    return fault->answers_too_soon(Instant(), {});
}

TEST(Silence, ANodeThatIsBackTooSoonIsNamedWithTheTime) {
    std::string const said = said_of(12s, 30s);
    EXPECT_NE(said.find("db1 answered again after 12"), std::string::npos) << said;
}

TEST(Silence, ANodeThatStaysAwayForLongEnoughIsNoMatter) {
    EXPECT_EQ(said_of(30s, 30s), "");
    EXPECT_EQ(said_of(5s, 0s), "");
}

}  // namespace
}  // namespace interregnum
