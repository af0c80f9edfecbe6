// SPDX-License-Identifier: MIT
// A controller whose network went away and did not come back.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/check.h"
#include "tests/unit/support/record_builder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// From 60 s to the end no attempt is answered, and from 60.5 s on no node.
record::Record silent_to_the_end() {
    auto record = test::killed_leader().build();
    for (record::Attempt& attempt : record.attempts) {
        if (attempt.started < 60s) continue;
        attempt.outcome = record::Outcome::failed;
        attempt.error = "connect_timeout";
        attempt.finished = attempt.started + 1s;
    }
    auto const later = [](auto const& seen) { return seen.at >= 60s; };
    std::erase_if(record.members, later);
    std::erase_if(record.backends, later);
    std::erase_if(record.replication, later);
    std::erase_if(record.nodes_seen, later);
    std::erase_if(record.sentinel_messages, later);
    for (record::NodeInfo const& node : record.run.nodes) {
        if (node.name.starts_with("db"))
            record.members.push_back({.node = node.name, .asked = 60s, .at = 60'500ms});
        else
            record.backends.push_back(
                {.app = node.name, .status = "", .asked = 60s, .at = 60'500ms});
    }
    return record;
}

std::vector<Finding> check(record::Record const& record) {
    CheckKind const* const kind = Registry<CheckKind>::find("controller_cut_off");
    EXPECT_NE(kind, nullptr);
    return kind == nullptr ? std::vector<Finding>{} : kind->check(record);
}

TEST(ControllerCutOff, IsSuspectedWhereNothingWasHeardAnyMore) {
    auto record = silent_to_the_end();
    auto const found = check(record);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].verdict, Verdict::inconclusive);
    EXPECT_EQ(found[0].about, Class::harness);
    EXPECT_NE(found[0].sentence.find("from no entry point and from no node"), std::string::npos)
        << found[0].sentence;
    // Also where the controller was killed before it could write an end.
    record.ended.reset();
    EXPECT_EQ(check(record).size(), 1U);
}

TEST(ControllerCutOff, IsNotSuspectedWhereANodeAnsweredToTheEnd) {
    auto record = silent_to_the_end();
    std::erase_if(record.members, [](record::MemberSeen const& seen) {
        return seen.node == "db2" && seen.at == record::Offset(60'500ms);
    });
    EXPECT_TRUE(check(record).empty()) << "the last look at db2 had an answer";
    EXPECT_TRUE(check(test::killed_leader().build()).empty());
}

}  // namespace
}  // namespace interregnum
