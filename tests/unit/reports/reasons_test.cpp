// SPDX-License-Identifier: MIT
#include "reports/measures/reasons.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;
using record::Connection;
using record::Outcome;
using record::Service;
using test::RecordBuilder;

std::int64_t in(Reasons const& reasons, Reason const& reason, std::string_view part) {
    for (std::size_t i = 0; i < reasons.parts.size(); ++i)
        if (reasons.parts[i] == part) return reason.counts.at(i);
    ADD_FAILURE() << "no part " << part;
    return -1;
}

TEST(Reasons, AreCountedByClassAndPartOfTheDrill) {
    auto const record = test::killed_leader().build();
    Reasons const reasons = reasons_of(record);
    EXPECT_EQ(reasons.parts, (std::vector<std::string>{"before", "detect", "lock", "promote",
                                                       "route", "degraded", "after"}));
    Reason const* refused = nullptr;
    std::int64_t all = 0;
    for (Reason const& reason : reasons.reasons) {
        std::int64_t sum = 0;
        for (std::int64_t const count : reason.counts) sum += count;
        EXPECT_EQ(sum, reason.total) << reason.error;
        all += reason.total;
        if (reason.service == Service::write && reason.error == "connect_refused")
            refused = &reason;
    }
    std::int64_t missing = 0;
    for (auto const& attempt : record.attempts)
        if (attempt.outcome != Outcome::ok) ++missing;
    EXPECT_EQ(all, missing);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(in(reasons, *refused, "before"), 0);
    EXPECT_GT(in(reasons, *refused, "lock"), in(reasons, *refused, "promote"));
    EXPECT_GT(in(reasons, *refused, "promote"), 0);
    EXPECT_EQ(in(reasons, *refused, "after"), 0);
}

TEST(Reasons, AnAttemptUnderWayCountsAsTheFaults) {
    RecordBuilder made;
    made.fault("network.loss", "db1", 12s, 20s);
    made.stream("orders", Service::write, "app1:5000", Connection::kept, 20ms, 1s);
    auto record = made.build();
    record::Attempt& caught = record.attempts[599];  // began at 11.98 s
    caught.outcome = Outcome::unknown;
    caught.error = "timeout";
    caught.detail = "gave up after 1 s";
    caught.finished = caught.started + 1s;
    record::Attempt& late = record.attempts[100];
    late.finished = late.started + 1200ms;
    Reasons const reasons = reasons_of(record);
    ASSERT_EQ(reasons.reasons.size(), 2U);
    for (Reason const& reason : reasons.reasons) {
        bool const is_late = reason.error == "late";
        EXPECT_EQ(in(reasons, reason, is_late ? "before" : "during"), 1) << reason.error;
        EXPECT_EQ(reason.total, 1);
        EXPECT_EQ(reason.example, is_late ? "" : "gave up after 1 s");
    }
}

TEST(Reasons, OfSoldOutAreNone) {
    RecordBuilder made;
    made.stream("tickets", Service::ticket, "app1:5000", Connection::fresh, 1s, 1s);
    auto record = made.build();
    record.attempts[3].outcome = Outcome::failed;
    record.attempts[3].error = "sold_out";
    EXPECT_TRUE(reasons_of(record).reasons.empty());
    EXPECT_EQ(reasons_of(record).parts, std::vector<std::string>{"before"});
}

}  // namespace
}  // namespace interregnum
