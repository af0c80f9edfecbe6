// SPDX-License-Identifier: MIT
#include "harness/lab/inventory_file.h"

#include <gtest/gtest.h>

#include "harness/cluster/inventory.h"

namespace interregnum {
namespace {

TEST(LabInventory, IsReadWithoutAMistake) {
    Mistakes mistakes;
    Inventory const inventory = parse_inventory("lab.json", lab_inventory_text(), mistakes);
    EXPECT_EQ(mistakes.text(), "");
    EXPECT_EQ(inventory.power.kind, PowerAccess::Kind::lab);
    EXPECT_FALSE(inventory.write.empty());
    for (InventoryEndpoint const& endpoint : inventory.write)
        EXPECT_NE(endpoint.entry, endpoint.host) << "an entry point is dialled by address";
}

}  // namespace
}  // namespace interregnum
