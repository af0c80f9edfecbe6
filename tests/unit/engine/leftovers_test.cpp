// SPDX-License-Identifier: MIT
// What a sweep says that it undid, and what is there after it.
#include "harness/engine/leftovers.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

record::NodeState showing(std::string const& table) {
    return {.node = "db1", .facts = {{"nft", "1"}, {"ours.files", ""}, {"ours.nft", table}}};
}

TEST(Leftovers, WhatASweepDoesNotKnowIsThereAfterIt) {
    Leftovers leftovers{.swept = {"db1"}, .left = {}};
    add_what_stayed(leftovers, {showing("")});
    EXPECT_TRUE(leftovers.left.empty());
    add_what_stayed(leftovers, {showing("table inet interregnum_old")});
    ASSERT_EQ(leftovers.left.size(), 1U);
    EXPECT_EQ(leftovers.left[0],
              "db1 is not clean, although it was swept (ours.nft = table inet interregnum_old): "
              "remove it by hand");
}

TEST(Leftovers, WhatCouldNotBeSweptIsToldOnce) {
    Leftovers leftovers{.swept = {}, .left = {"a fault is in force on db1"}};
    add_what_stayed(leftovers, {showing("table inet interregnum_r1_f1")});
    EXPECT_EQ(leftovers.left.size(), 1U);
}

}  // namespace
}  // namespace interregnum
