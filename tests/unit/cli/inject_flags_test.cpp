// SPDX-License-Identifier: MIT
#include "harness/cli/inject_flags.h"

#include <gtest/gtest.h>

namespace interregnum {
namespace {

TEST(InjectAgain, SaysAllThatWasSaid) {
    InjectFlags const flags{.cluster = {.inventory = "nightly.json"},
                            .fault = "process.pause",
                            .target = "leader",
                            .hold = "60s",
                            .sets = {"process=patroni"},
                            .within = "20m",
                            .allow_quorum_loss = true};
    EXPECT_EQ(inject_again(flags, 7),
              "interregnum inject process.pause --inventory nightly.json --target leader --for 60s "
              "--set process=patroni --within 20m --allow-quorum-loss --seed 7");
}

TEST(InjectAgain, LeavesOutWhatGoesWithoutSaying) {
    EXPECT_EQ(inject_again({.fault = "node.crash", .target = "db2"}, 7),
              "interregnum inject node.crash --target db2 --seed 7");
}

}  // namespace
}  // namespace interregnum
