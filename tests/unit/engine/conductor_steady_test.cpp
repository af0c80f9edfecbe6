// SPDX-License-Identifier: MIT
// A steady step, which whoever watches ends by hand.
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "harness/engine/conductor.h"
#include "tests/unit/support/hand_clock.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// What is told of the end of each step.
class Ends final : public record::Sink {
public:
    void write(record::Event event) override {
        auto const* step = std::get_if<record::StepEvent>(&event);
        if (step != nullptr && step->finished)
            all.push_back((step->ok ? "ok " : "not ok ") + step->text + ": " + step->detail);
    }
    std::vector<std::string> all;
};

std::vector<std::string> play(std::stop_token const& stop, std::stop_token enough) {
    test::TempFolder const folder;
    test::HandClock clock;
    Ends ends;
    LiveTally tally(ends);
    Fleet fleet;
    Hands hands(fleet);
    auto journal = UndoJournal::open(folder / "undo.journal");
    EXPECT_TRUE(journal);
    Conductor conductor({.tools = {.hands = hands,
                                   .journal = *journal,
                                   .sink = ends,
                                   .clock = clock,
                                   .origin = Instant()},
                         .tally = tally,
                         .look = [](std::stop_token) { return ClusterView(); },
                         .seed = 7,
                         .limits = {},
                         .run_mark = "m",
                         .enough = std::move(enough)});
    bool const to_the_end = conductor.play(
        {{.what = SteadyStep{10s}, .text = "steady"}, {.what = HealStep{}, .text = "heal"}}, stop);
    EXPECT_EQ(to_the_end, !stop.stop_requested());
    return ends.all;
}

TEST(ConductorSteady, LastsAsLongAsItShould) {
    std::stop_source const enough;
    EXPECT_EQ(play({}, enough.get_token()), (std::vector<std::string>{"ok steady: ", "ok heal: "}));
    EXPECT_EQ(play({}, {}), (std::vector<std::string>{"ok steady: ", "ok heal: "}));
}

TEST(ConductorSteady, EndsWhenWhoeverWatchesHasSeenEnough) {
    std::stop_source enough;
    enough.request_stop();
    EXPECT_EQ(play({}, enough.get_token()),
              (std::vector<std::string>{"ok steady: ended by hand", "ok heal: "}));
}

TEST(ConductorSteady, AStopIsAStopAllTheSame) {
    std::stop_source both;
    both.request_stop();
    EXPECT_EQ(play(both.get_token(), both.get_token()),
              std::vector<std::string>{"not ok steady: "});
}

}  // namespace
}  // namespace interregnum
