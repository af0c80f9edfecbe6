// SPDX-License-Identifier: MIT
// What customers had been shown, where the final read was cut short.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Outcome;
using record::Service;

TEST(SeenThenGone, SaysNothingWhereVouchersWereNotReadToTheirEnd) {
    test::RecordBuilder made;
    int const reads = made.stream("reads", Service::read, "app1:5001", Connection::kept, 100ms, 1s);
    int const redeems =
        made.stream("vouchers", Service::voucher, "app1:5000", Connection::kept, 1s, 1s);
    record::Record record = made.record;
    record.attempts.push_back(
        {.stream = reads, .started = 3s, .finished = 3s + 5ms, .outcome = Outcome::ok, .seen = 8});
    auto const read_back = [&](std::string kind, std::vector<record::FinalRow> rows, bool last) {
        record.final_rows.push_back({.kind = std::move(kind),
                                     .source = "db2",
                                     .role = "leader",
                                     .rows = std::move(rows),
                                     .last = last});
    };
    CheckKind const* const kind = Registry<CheckKind>::find("seen_then_gone");
    ASSERT_NE(kind, nullptr);
    read_back("orders", {{"a", 7, 1}}, true);
    read_back("tickets", {}, true);
    // The number that was seen is a voucher's; the controller was killed before it had read that.
    EXPECT_TRUE(kind->check(record).empty()) << "vouchers were not read at all";
    read_back("vouchers", {{"v", 6, 1}}, false);
    EXPECT_TRUE(kind->check(record).empty()) << "only a part of them was read";
    read_back("vouchers", {{"w", 8, 1}}, true);
    EXPECT_TRUE(kind->check(record).empty()) << "it is there";
    record.final_rows.back().rows.clear();
    auto const gone = kind->check(record);
    ASSERT_EQ(gone.size(), 1U) << "all were read, and it is gone";
    EXPECT_EQ(
        gone[0].sentence,
        "1 order that customers had been shown is not on db2 in the end; nobody had been told "
        "that it was bought");
    record.attempts.push_back({.stream = redeems,
                               .started = 2s,
                               .finished = 2s + 5ms,
                               .outcome = Outcome::ok,
                               .token = "w",
                               .id = 8});
    EXPECT_TRUE(kind->check(record).at(0).sentence.ends_with("; it had been acknowledged"));
    record.attempts.pop_back();
    // A record of before vouchers were read, of a shop without any.
    record.final_rows.resize(2);
    record.streams.pop_back();
    EXPECT_EQ(kind->check(record).size(), 1U);
}

}  // namespace
}  // namespace interregnum
