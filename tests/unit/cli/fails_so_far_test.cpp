// SPDX-License-Identifier: MIT
#include "harness/cli/fails_so_far.h"

#include <chrono>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/record/event.h"
#include "harness/record/writer.h"
#include "tests/unit/support/temp_folder.h"

namespace interregnum {
namespace {

using namespace std::chrono_literals;

/// Of a run that has not ended: one order was acknowledged, and `found` was read back at the end.
bool fails(std::vector<record::FinalRow> found,
           std::vector<record::Expectation> expectations = {}) {
    test::TempFolder const folder;
    std::string const file = folder / "record.jsonl";
    auto writer = record::Writer::create(file);
    EXPECT_TRUE(writer);
    (*writer)->write(record::RunStarted{.run_id = "r", .expectations = std::move(expectations)});
    (*writer)->write(record::StreamDeclared{.id = 1,
                                            .probe = "orders",
                                            .service = record::Service::write,
                                            .entry = "app1:5000",
                                            .connection = record::Connection::kept,
                                            .period = 20ms,
                                            .deadline = 1s,
                                            .clients = 1});
    (*writer)->write(record::Attempt{.stream = 1,
                                     .number = 1,
                                     .due = 1s,
                                     .started = 1s,
                                     .finished = 1003ms,
                                     .outcome = record::Outcome::ok,
                                     .token = "1-1",
                                     .id = 1});
    (*writer)->write(record::FinalRows{.kind = "orders",
                                       .source = "db1",
                                       .role = "leader",
                                       .rows = std::move(found),
                                       .last = true});
    EXPECT_TRUE((*writer)->flush());
    return fails_so_far(file, 2s);
}

TEST(FailsSoFar, WhereAnOrderIsLost) { EXPECT_TRUE(fails({})); }

TEST(FailsSoFar, WhereNothingIsLostAndALimitDoesNotHold) {
    std::vector<record::FinalRow> const all{{.token = "1-1", .id = 1, .count = 1}};
    EXPECT_TRUE(fails(all, {{.measure = "write.downtime", .op = ">=", .limit = 1'000'000'000}}));
    EXPECT_FALSE(fails(all, {{.measure = "write.downtime", .op = "<=", .limit = 1'000'000'000}}));
}

TEST(FailsSoFar, NotBecauseTheRunHasNotEndedYet) {
    EXPECT_FALSE(fails({{.token = "1-1", .id = 1, .count = 1}}));
}

TEST(FailsSoFar, WhereNobodyCanReadTheRecord) {
    test::TempFolder const folder;
    EXPECT_TRUE(fails_so_far(folder / "none", 2s));
    std::ofstream(folder / "torn") << "{\"t\":\"att";
    EXPECT_TRUE(fails_so_far(folder / "torn", 2s));
}

}  // namespace
}  // namespace interregnum
