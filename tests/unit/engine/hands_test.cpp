// SPDX-License-Identifier: MIT
// Commands of a plan that run here: one after the other, or each whatever became of the others.
#include "harness/engine/hands.h"

#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

/// Whether the second of two commands ran, the first of which fails.
bool second_runs(Hands::Here here) {
    test::TempFolder const folder;
    Fleet fleet;
    Hands hands(fleet);
    std::vector<FaultCommand> const commands{{.node = "", .argv = {"false"}},
                                             {.node = "", .argv = {"touch", folder / "ran"}}};
    auto const outcomes = hands.run(commands, {}, here);
    EXPECT_EQ(outcomes.size(), 2U);
    EXPECT_FALSE(first_failure(outcomes)) << "the first is told either way";
    return std::filesystem::exists(folder / "ran");
}

TEST(Hands, NothingIsInjectedBehindWhatFailed) { EXPECT_FALSE(second_runs(Hands::Here::in_order)); }

TEST(Hands, AServerThatCannotBeSwitchedOnKeepsNoOtherOff) {
    EXPECT_TRUE(second_runs(Hands::Here::each));
}

}  // namespace
}  // namespace interregnum
