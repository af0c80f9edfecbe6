// SPDX-License-Identifier: MIT
#include "harness/base/nights.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

using Texts = std::vector<std::string>;

TEST(Nights, AreWhatOneGatePlayed) {
    Texts const begins = night_begins({"2026-11-22T23:10:00.000Z", "2026-11-21T23:10:00.000Z",
                                       "2026-11-21T23:50:00.000Z", "2026-11-22T00:30:00.000Z",
                                       "2026-11-23T03:00:00.000Z"});
    EXPECT_EQ(begins, (Texts{"2026-11-21T23:10:00.000Z", "2026-11-22T23:10:00.000Z"}));
    EXPECT_EQ(night_of("2026-11-22T00:30:00.000Z", begins), begins[0]);
    EXPECT_EQ(night_of("2026-11-22T23:10:00.000Z", begins), begins[1]);
    EXPECT_EQ(night_of("2026-11-23T03:00:00.000Z", begins), begins[1]);
    EXPECT_TRUE(night_begins({}).empty());
}

TEST(Nights, EndWherePlaysNeverPause) {
    Texts hourly;
    for (int day = 1; day <= 2; ++day)
        for (int hour = 0; hour < 24; ++hour) {
            std::string const two = hour < 10 ? "0" + std::to_string(hour) : std::to_string(hour);
            hourly.push_back("2026-11-0" + std::to_string(day) + "T" + two + ":00:00.000Z");
        }
    EXPECT_EQ(night_begins(hourly), (Texts{"2026-11-01T00:00:00.000Z", "2026-11-01T20:00:00.000Z",
                                           "2026-11-02T16:00:00.000Z"}));
}

TEST(Nights, ThatCannotBeReadAreEachTheirOwn) {
    EXPECT_EQ(night_begins({"yesterday", "2026-11-22T23:10:00.000Z", "yesterday", ""}),
              (Texts{"", "2026-11-22T23:10:00.000Z", "yesterday"}));
}

TEST(Nights, AreCalledByTheirDateAndByTheTimeWhereADayHasTwo) {
    Texts const begins{"2026-11-21T02:17:00.000Z", "2026-11-22T02:17:00.000Z",
                       "2026-11-22T14:03:00.000Z"};
    EXPECT_EQ(night_name(begins[0], begins), "2026-11-21");
    EXPECT_EQ(night_name(begins[1], begins), "2026-11-22 02:17");
    EXPECT_EQ(night_name(begins[2], begins), "2026-11-22 14:03");
}

}  // namespace
}  // namespace interregnum
