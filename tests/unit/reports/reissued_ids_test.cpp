// SPDX-License-Identifier: MIT
// Numbers that two customers were told, where the second one's order is there.
#include <utility>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Outcome;
using record::Service;

TEST(ReissuedIds, CountASecondCustomerOnceWhoWasToldAndIsThere) {
    test::RecordBuilder made;
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    record::Record record = made.record;
    for (auto const& [token, at] : {std::pair{"a", 1s}, std::pair{"b", 5s}})
        record.attempts.push_back({.stream = record.streams[0].id,
                                   .started = at,
                                   .finished = at + 5ms,
                                   .outcome = Outcome::ok,
                                   .token = token,
                                   .id = 7});
    record.final_rows.push_back(
        {.kind = "orders", .source = "db2", .role = "leader", .rows = {{"b", 7, 1}}, .last = true});
    CheckKind const* const kind = Registry<CheckKind>::find("reissued_ids");
    ASSERT_NE(kind, nullptr);
    auto found = kind->check(record);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence, "1 order number was given to a second customer");
    EXPECT_EQ(found[0].proof.size(), 1U);
    // One that had no answer is another customer still.
    record.final_rows[0].rows.push_back({"c", 7, 1});
    found = kind->check(record);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].sentence, "2 order numbers were given to a second customer");
}

}  // namespace
}  // namespace interregnum
