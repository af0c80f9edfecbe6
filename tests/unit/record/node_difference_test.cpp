// SPDX-License-Identifier: MIT
#include "harness/record/node_difference.h"

#include <gtest/gtest.h>

namespace interregnum::record {
namespace {

using namespace std::chrono_literals;
using Findings = std::vector<std::string>;
using Facts = std::map<std::string, std::string>;

Findings compared(Facts before, Facts after) {
    return node_differences({"db1", "before", true, std::move(before), {}},
                            {"db1", "after", true, std::move(after), {}});
}

TEST(NodeDifference, NamesWhatIsOther) {
    EXPECT_EQ(compared({{"nft", "1"}, {"tc", "x"}}, {{"nft", "1"}, {"tc", "x"}}), Findings{});
    EXPECT_EQ(compared({{"nft", "1"}, {"gone", "x"}}, {{"nft", "2"}, {"new", ""}}),
              (Findings{R"(gone: was "x", is not there)", R"(new: was not there, is "")",
                        R"(nft: was "1", is "2")"}));
}

TEST(NodeDifference, WhatIsOursIsNeverAsItShouldBe) {
    EXPECT_EQ(compared({{"ours.nft", ""}}, {{"ours.nft", ""}}), Findings{});
    EXPECT_EQ(compared({{"ours.nft", "table inet interregnum_old"}},
                       {{"ours.nft", "table inet interregnum_old"}}),
              Findings{R"(ours.nft: is still "table inet interregnum_old")"});
    EXPECT_EQ(compared({{"ours.nft", "x"}}, {{"ours.nft", ""}}),
              Findings{R"(ours.nft: was "x", is "")"});
}

TEST(NodeDifference, AClockIsWrittenWithItsUncertaintyRoundedUp) {
    EXPECT_EQ(clock_text(-12'400us, 2'100us), "-12 ms, uncertain by 3 ms");
    EXPECT_EQ(clock_text(0ns, 0ns), "0 ms, uncertain by 0 ms");
}

TEST(NodeDifference, AClockMayMoveByWhatABootDoesToIt) {
    auto const moved = [](Duration before, Duration after, Duration uncertain) {
        return !compared({{"clock", clock_text(before, uncertain)}},
                         {{"clock", clock_text(after, uncertain)}})
                    .empty();
    };
    EXPECT_FALSE(moved(3ms, 4ms, 1ms));
    EXPECT_FALSE(moved(10s, 11'100ms, 0ms));
    EXPECT_TRUE(moved(10s, 11'101ms, 0ms));
    EXPECT_TRUE(moved(0s, -1200ms, 10ms));
    EXPECT_FALSE(moved(0s, -1200ms, 50ms)) << "not known well enough to say";
    EXPECT_TRUE(moved(0s, 5min, 2s));
    EXPECT_FALSE(moved(-300s, -300s, 1ms)) << "an owner's wrong clock is the owner's";
}

TEST(NodeDifference, WhatIsNoReadingOfAClockIsComparedAsText) {
    for (std::string const bad :
         {"", "soon", "1 ms", "x ms, uncertain by 1 ms", "1 ms, uncertain by ms",
          "1 ms, uncertain by 99999999999999999999 ms", "9223372036854775807 ms, uncertain by 1 ms",
          "1 ms, uncertain by  ms"}) {
        EXPECT_EQ(compared({{"clock", bad}}, {{"clock", "1 ms, uncertain by 1 ms"}}).size(), 1U)
            << bad;
        EXPECT_EQ(compared({{"clock", bad}}, {{"clock", bad}}), Findings{}) << bad;
    }
    EXPECT_EQ(compared({{"clock", "1 ms, uncertain by 1 ms"}}, {}).size(), 1U);
}

TEST(NodeDifference, ADatabaseThatIsSilentIsNamedOnce) {
    Facts const well{{"postgres", "answers"}, {"setting.port", "5432"}, {"setting.x", "1"}};
    EXPECT_EQ(compared(well, {{"postgres", "does not answer"}}),
              Findings{R"(postgres: was "answers", is "does not answer")"});
    EXPECT_EQ(compared(well, {{"postgres", "answers"}, {"setting.port", "5432"}}),
              Findings{R"(setting.x: was "1", is not there)"});
}

}  // namespace
}  // namespace interregnum::record
