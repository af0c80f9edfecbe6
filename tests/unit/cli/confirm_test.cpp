// SPDX-License-Identifier: MIT
#include "harness/cli/confirm.h"

#include <sstream>

#include <gtest/gtest.h>

namespace interregnum {
namespace {

Inventory inventory(std::string environment) {
    Inventory made;
    made.cluster = "shop-eu";
    made.environment = std::move(environment);
    return made;
}

TEST(Confirm, AsksNothingOfADisposableCluster) {
    EXPECT_TRUE(confirm_production(inventory("disposable"), "", nullptr));
}

TEST(Confirm, WantsTheNameOfAProductionCluster) {
    auto const production = inventory("production");
    EXPECT_TRUE(confirm_production(production, "shop-eu", nullptr));
    std::istringstream right("shop-eu\n");
    EXPECT_TRUE(confirm_production(production, "", &right));
    std::istringstream wrong("yes\n");
    auto const refused = confirm_production(production, "", &wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "\"yes\" is not the name of this cluster, which is production: nothing was touched");
    std::istringstream nothing("");
    EXPECT_FALSE(confirm_production(production, "", &nothing));
}

TEST(Confirm, SaysWhatToDoWhereNobodyCanType) {
    auto const refused = confirm_production(inventory("production"), "", nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "cluster shop-eu is production: name it with --confirm shop-eu, or start this from a "
              "terminal");
    EXPECT_FALSE(confirm_production(inventory("production"), "shop-us", nullptr));
}

}  // namespace
}  // namespace interregnum
