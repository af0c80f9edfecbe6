// SPDX-License-Identifier: MIT
// Faults that are in force together: each is undone when its own time is over.
#include "harness/engine/conductor.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/units.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/scripted_transport.h"
#include "tests/unit/support/temp_folder.h"

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

/// Takes its node away for a while: "break" and "mend" on the node.
Result<FaultPlan> plan(FaultRequest const& request) {
    std::string const& node = request.targets.front();
    return FaultPlan{.targets = request.targets,
                     .inject = {{.node = node, .argv = {"break"}}},
                     .undo = {{.node = node, .argv = {"mend"}}},
                     .self_heal = SelfHeal::controller,
                     .nodes_lost = request.targets,
                     .hold = request.options.duration("for")};
}

FaultKind const kind{.name = "test.away", .summary = "only here", .options = {}, .plan = plan};

Step away(std::string const& node, Duration hold, bool with_next) {
    FaultStep step{.kind = &kind, .random_wait = 0s, .with_next = with_next};
    step.options.set("target", Roles{{node}});
    step.options.set("for", hold);
    return {.what = std::move(step), .text = node};
}

/// What was done on the nodes, each with its time, and what the conductor noted.
struct Played {
    bool to_the_end{};
    std::vector<std::string> done;
    std::vector<std::string> notes;
};

using StillOurs = std::function<Status(std::stop_token const&)>;

Played play(std::vector<Step> const& steps, ClusterView view = {},
            StillOurs const& still_ours = {}) {
    test::TempFolder const folder;
    test::HandClock clock;
    Notes notes;
    LiveTally tally(notes);
    Fleet fleet;
    Played played;
    for (std::string const name : {"db1", "db2", "db3"}) {
        auto node = std::make_unique<test::ScriptedTransport>();
        node->otherwise([&played, &clock, name](RemoteCommand const& command) {
            played.done.push_back(fmt::format("{} {} {}", format_duration(clock.now() - Instant()),
                                              command.argv.front(), name));
            return Result<RemoteResult>(RemoteResult{});
        });
        fleet.add(name, std::move(node));
        view.nodes.push_back({.name = name, .address = "", .group = "db"});
    }
    Hands hands(fleet);
    auto journal = UndoJournal::open(folder / "undo.journal");
    EXPECT_TRUE(journal);
    Conductor conductor({.tools = {.hands = hands,
                                   .journal = *journal,
                                   .sink = notes,
                                   .clock = clock,
                                   .origin = Instant(),
                                   .still_ours = still_ours},
                         .tally = tally,
                         .look = [&](std::stop_token) { return view; },
                         .seed = 7,
                         .limits = {},
                         .run_mark = "m"});
    played.to_the_end = conductor.play(steps, {});
    EXPECT_TRUE(conductor.heal_all());
    played.notes = notes.all;
    return played;
}

TEST(Conductor, AFaultIsUndoneBeforeTheNextStep) {
    auto const played = play({away("db1", 30s, false), away("db2", 5s, false)});
    EXPECT_TRUE(played.to_the_end);
    EXPECT_EQ(played.done, (std::vector<std::string>{"0s break db1", "30s mend db1",
                                                     "30s break db2", "35s mend db2"}));
}

TEST(Conductor, FaultsInForceTogetherAreUndoneEachAtItsTime) {
    auto const played =
        play({away("db1", 30s, true), away("db1", 5s, false), away("db2", 1s, false)});
    EXPECT_TRUE(played.to_the_end);
    EXPECT_EQ(played.done,
              (std::vector<std::string>{"0s break db1", "0s break db1", "5s mend db1",
                                        "30s mend db1", "30s break db2", "31s mend db2"}));
}

TEST(Conductor, AServerThatBootsByItselfIsWaitedForBesideTheFaultsAfterIt) {
    static FaultKind const reset{.name = "test.reset",
                                 .summary = "only here",
                                 .options = {},
                                 .plan = [](FaultRequest const& request) -> Result<FaultPlan> {
                                     auto made = plan(request);
                                     if (made) made->stays_silent_for = 30s;
                                     return made;
                                 }};
    Step first = away("db1", 0s, true);
    std::get<FaultStep>(first.what).kind = &reset;
    auto const played = play({first, away("db1", 10s, false)});
    EXPECT_TRUE(played.to_the_end);
    EXPECT_EQ(played.done, (std::vector<std::string>{"0s break db1", "0s break db1", "10s mend db1",
                                                     "30s mend db1"}));
}

TEST(Conductor, TheQuorumGuardCountsWhatIsInForce) {
    auto const played = play({away("db1", 30s, true), away("db2", 5s, false)});
    EXPECT_FALSE(played.to_the_end);
    EXPECT_EQ(played.done, (std::vector<std::string>{"0s break db1", "0s mend db1"}));
    ASSERT_EQ(played.notes.size(), 1U);
    EXPECT_NE(played.notes[0].find("without db1, db2 only 1 of 3 etcd members remain"),
              std::string::npos)
        << played.notes[0];
}

/// Plays one fault, of which the nodes' lock says `answer`.
Played play_when(StillOurs const& answer) { return play({away("db1", 30s, false)}, {}, answer); }

TEST(Conductor, NothingIsInjectedOnNodesThatAreAnotherRunsByNow) {
    auto const played = play_when([](std::stop_token const&) -> Status {
        return fail(Error::Kind::refused, "the lock of db1 was lost to run r2");
    });
    EXPECT_FALSE(played.to_the_end);
    EXPECT_TRUE(played.done.empty());
    EXPECT_TRUE(played.notes.empty()) << "the run says itself whose they are";
}

TEST(Conductor, NothingIsInjectedWhileNobodyKnowsWhoseTheNodesAre) {
    auto const played = play_when([](std::stop_token const&) -> Status {
        return fail(Error::Kind::unreachable, "no node says");
    });
    EXPECT_FALSE(played.to_the_end);
    EXPECT_TRUE(played.done.empty());
    EXPECT_EQ(played.notes, std::vector<std::string>{"step 1: nothing was injected: no node says"});
}

TEST(Conductor, AMachineThatWasSuspendedWhileItArmedInjectsNothing) {
    int asked = 0;
    auto const played = play_when([&asked](std::stop_token const&) -> Status {
        if (++asked == 1) return {};
        return fail(Error::Kind::refused, "the lock of db1 was lost to run r2");
    });
    EXPECT_FALSE(played.to_the_end);
    EXPECT_EQ(asked, 2);
    EXPECT_EQ(played.done, std::vector<std::string>{"0s mend db1"}) << "what was promised is kept";
}

TEST(Conductor, WhatStandsForOtherStepsIsNeverPlayed) {
    auto const played = play({{.what = TemplateStep{}, .text = "chaos for 5m"}});
    EXPECT_FALSE(played.to_the_end);
    EXPECT_TRUE(played.done.empty());
}

TEST(Conductor, WhatNobodyWritesIsNotTakenForWritable) {
    AwaitStep const await{.condition = Condition::writable, .within = 1s};
    auto const played = play({{.what = await, .text = "await writable"}, away("db1", 5s, false)});
    EXPECT_TRUE(played.to_the_end);
    EXPECT_EQ(played.done, (std::vector<std::string>{"0s break db1", "5s mend db1"}));
    EXPECT_EQ(played.notes,
              std::vector<std::string>{"step 1: await writable: not waited for: no customer writes "
                                       "through an entry point, so nobody can tell"});
}

TEST(Conductor, RedundancyWaitsForHaproxysToSendCustomersWhereTheyShould) {
    ClusterView view;
    view.nodes = {{.name = "db0", .address = "10.0.0.1", .group = "db", .patroni_answers = true},
                  {.name = "app1", .address = "10.0.1.1", .group = "app"}};
    view.nodes[0].role = "leader";
    view.nodes[1].haproxy_answers = true;
    view.entries = {{.host = "10.0.1.1", .port = 5000}};
    view.backends = {{.app = "app1", .backend = "write", .server = "db0", .status = "DOWN"}};
    AwaitStep const await{.condition = Condition::redundant, .within = 1s};
    auto const played = play({{.what = await, .text = "await redundant"}}, view);
    EXPECT_FALSE(played.to_the_end);
    ASSERT_EQ(played.notes.size(), 1U);
    EXPECT_NE(played.notes[0].find(
                  "HAProxy on app1 sends write to nobody (expected the leader db0 alone)"),
              std::string::npos)
        << played.notes[0];
}

}  // namespace
}  // namespace interregnum
