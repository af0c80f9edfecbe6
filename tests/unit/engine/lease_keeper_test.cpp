// SPDX-License-Identifier: MIT
// Renewals that do not come through: told, whenever the fault is undone.
#include "harness/engine/lease_keeper.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/clock.h"
#include "tests/unit/support/scripted_transport.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

class Notes final : public record::Sink {
public:
    void write(record::Event event) override {
        if (auto const* note = std::get_if<record::Note>(&event)) all.push_back(note->text);
    }
    std::vector<std::string> all;
};

/// What is told of a fault that is undone after 400 ms, of which each renewal takes `each` and
/// then comes to `result`; its own commands are over at once, or never.
std::vector<std::string> told(Duration lease, Duration each, Result<RemoteResult> const& result,
                              bool injects_long = false) {
    Fleet fleet;
    auto node = std::make_unique<test::ScriptedTransport>();
    node->otherwise([each, result](RemoteCommand const&) {
        SteadyClock().sleep_for(each, {});
        return result;
    });
    fleet.add("db1", std::move(node));
    Hands hands(fleet);
    SteadyClock clock;
    Notes notes;
    {
        LeaseKeeper keeper(hands, notes, clock, clock.now(), "f1",
                           {{.node = "db1", .argv = {"renew"}}}, lease);
        if (!injects_long) keeper.inject_is_over(clock.now());
        clock.sleep_for(400ms, {});
    }
    return notes.all;
}

TEST(LeaseKeeper, ARenewalThatIsCutShortByTheUndoDoesNotHideThatTheLeaseWasOver) {
    auto const notes = told(300ms, 500ms, fail(Error::Kind::unreachable, "no route"));
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("f1: db1 was not reached for its lease of 300ms"), std::string::npos)
        << notes[0];
}

TEST(LeaseKeeper, ALeaseThatIsRenewedIsNoMatter) {
    EXPECT_TRUE(told(1min, 0ms, RemoteResult{}).empty());
    EXPECT_TRUE(told(1200ms, 0ms, RemoteResult{}).empty());
}

TEST(LeaseKeeper, ANodeThatIsBusyWithTheFaultsOwnCommandsKeepsIt) {
    auto const busy = fail(Error::Kind::unreachable, "busy with another command");
    EXPECT_TRUE(told(90ms, 0ms, busy, true).empty());
    EXPECT_FALSE(told(90ms, 0ms, busy).empty());
}

}  // namespace
}  // namespace interregnum
