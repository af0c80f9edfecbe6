// SPDX-License-Identifier: MIT
#include "harness/record/judgement.h"

#include <gtest/gtest.h>

namespace interregnum::record {
namespace {

using namespace std::chrono_literals;

TEST(Answered, IsOkInTimeOrAnHonestNo) {
    Attempt attempt{.started = 5s, .finished = 6s, .outcome = Outcome::ok};
    EXPECT_TRUE(answered(attempt, 1s));
    attempt.finished += 1ns;
    EXPECT_FALSE(answered(attempt, 1s)) << "too late for a customer";
    EXPECT_TRUE(answered(attempt, 0s)) << "no deadline";
    Attempt const sold_out{.outcome = Outcome::failed, .error = "sold_out"};
    EXPECT_TRUE(answered(sold_out, 1s));
    EXPECT_TRUE(said_no(sold_out));
    for (std::string const error : {"connect_refused", "unserved", "read_only", "server_error"})
        EXPECT_FALSE(answered({.outcome = Outcome::failed, .error = error}, 1s));
    EXPECT_FALSE(answered({.outcome = Outcome::unknown, .error = "sold_out"}, 1s));
    EXPECT_FALSE(answered({.outcome = Outcome::unknown, .error = "sync_wait_cancelled"}, 1s));
}

}  // namespace
}  // namespace interregnum::record
