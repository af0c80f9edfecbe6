// SPDX-License-Identifier: MIT
// Counts of broken pages, where nobody asked before the drill.
#include <gtest/gtest.h>

#include "harness/check.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

TEST(CorruptStorage, DoesNotTakeACountAfterTheDrillForOneBefore) {
    auto record = test::killed_leader().build();
    // db1 could not be asked before; db2 only then; db3 both times.
    record.facts.push_back({"checksum_failures.db2", "5 in database drill, the last at x", 0s});
    record.facts.push_back({"checksum_failures.db3", "5 in database drill, the last at x", 0s});
    record.facts.push_back({"checksum_failures.db1", "2 in database drill, the last at y", 81s});
    record.facts.push_back({"checksum_failures.db3", "5 in database drill, the last at x", 81s});
    CheckKind const* const kind = Registry<CheckKind>::find("corrupt_storage");
    ASSERT_NE(kind, nullptr);
    auto const found = kind->check(record);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence,
              "db1 read pages whose checksum is wrong: 2 in database drill, the last at y (it did "
              "not say how many there were before the drill)");
    EXPECT_EQ(found[0].verdict, Verdict::inconclusive) << "they may be of long ago";
    EXPECT_EQ(found[0].about, Class::safety);
}

TEST(CorruptStorage, LetsACountOfNothingBe) {
    auto record = test::killed_leader().build();
    record.facts.push_back({"checksum_failures.db1", "0", 81s});
    EXPECT_TRUE(Registry<CheckKind>::find("corrupt_storage")->check(record).empty());
}

}  // namespace
}  // namespace interregnum
