// SPDX-License-Identifier: MIT
// A node that is back too soon: seen while the fault is in force, whatever is played beside it.
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "harness/engine/active_fault.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class NoSink final : public record::Sink {
public:
    void write(record::Event /*event*/) override {}
};

/// A server that is off from when it is looked for until `back_after`, and what is asked of it.
struct Outage {
    Duration back_after{};
    Duration stays_silent_for{};
    Duration hold{};
    SelfHeal self_heal{SelfHeal::by_itself};
};

/// What the engine says of it 1.5 s after the injection.
std::string said_of(Outage const& outage) {
    test::TempFolder const folder;
    SteadyClock clock;
    NoSink sink;
    Fleet fleet;
    Instant const begun = clock.now();
    auto node = std::make_unique<test::ScriptedTransport>();
    node->on_call({"true"}, [&](RemoteCommand const&) -> Result<RemoteResult> {
        if (clock.now() < begun + outage.back_after) return fail(Error::Kind::unreachable, "off");
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
                         .self_heal = outage.self_heal,
                         .hold = outage.hold,
                         .stays_silent_for = outage.stays_silent_for};
    auto fault = ActiveFault::inject(
        {.id = "f1", .mark = "m_f1", .kind = "node.crash", .role = "leader", .lease = 20s}, plan,
        {.hands = hands, .journal = *journal, .sink = sink, .clock = clock, .origin = begun}, {});
    EXPECT_TRUE(fault);
    EXPECT_TRUE(fault->prove({}));
    clock.sleep_for(1500ms, {});
    return fault->answered_too_soon();
}

TEST(Silence, ANodeThatIsBackTooSoonIsNamedWithTheTime) {
    std::string const said = said_of({.back_after = 500ms, .stays_silent_for = 30s});
    EXPECT_NE(said.find("db1 answered again after 1."), std::string::npos) << said;
    EXPECT_NE(said.find("sooner than 30s: nobody had to take over"), std::string::npos) << said;
}

TEST(Silence, ANodeThatStaysAwayForLongEnoughIsNoMatter) {
    EXPECT_EQ(said_of({.back_after = 700ms, .stays_silent_for = 600ms}), "");
    EXPECT_EQ(said_of({.back_after = 500ms, .hold = 30s}), "") << "nobody asks for silence";
}

TEST(Silence, AServerThatWasToStayOffAndIsBackByItselfIsTold) {
    std::string const said =
        said_of({.back_after = 500ms, .hold = 30s, .self_heal = SelfHeal::controller});
    EXPECT_NE(said.find("sooner than 30s: it was to stay off until then"), std::string::npos)
        << said;
}

}  // namespace
}  // namespace interregnum
