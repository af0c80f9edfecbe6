// SPDX-License-Identifier: MIT
#include "tests/unit/reports/phases.h"

#include <gtest/gtest.h>

#include "tests/unit/support/measured.h"

namespace interregnum::test {

using namespace std::chrono_literals;
using record::Offset;

MeasureValue phase(std::vector<Phase> const& phases, std::string_view name) {
    for (Phase const& one : phases)
        if (one.name == name) return one.span;
    ADD_FAILURE() << "no phase " << name;
    return {};
}

namespace {

// All but "redundant".
MeasureValue sum(std::vector<Phase> const& phases) {
    MeasureValue all{.known = true};
    for (Phase const& one : phases) {
        if (!one.span.known || one.name == "redundant") continue;
        EXPECT_LE(one.span.at_least, one.span.best) << one.name;
        EXPECT_LE(one.span.best, one.span.at_most) << one.name;
        all.at_least += one.span.at_least;
        all.best += one.span.best;
        all.at_most += one.span.at_most;
    }
    return all;
}

}  // namespace

void expect_sum_is_the_downtime(record::Record const& record) {
    MeasureValue const all = sum(phases_of(record));
    MeasureValue const down = measure(record, "write.downtime");
    EXPECT_LE(all.at_least, down.at_most);
    EXPECT_GE(all.at_most, down.at_least);
    EXPECT_GE(all.best, down.at_least);
    EXPECT_LE(all.best, down.at_most);
}

double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }
double at(Failover const& failover, std::string_view name) {
    Milestone const* const found = failover.find(name);
    if (found == nullptr || !found->at) {
        ADD_FAILURE() << name << ": " << (found == nullptr ? "not looked for" : found->source);
        return 0;
    }
    EXPECT_LE(found->at->low, found->at->best) << name;
    EXPECT_LE(found->at->best, found->at->high) << name;
    return seconds(found->at->best.count());
}

RecordBuilder watched(std::uint64_t seed) {
    RecordBuilder made = killed_leader(seed);
    auto const key = [&](std::string holder, std::int64_t revision, Offset when) {
        for (std::string const node : {"db2", "db3"})
            made.record.leader_keys.push_back({.holder = holder,
                                               .revision = revision,
                                               .told_by = node,
                                               .initial = revision == 10,
                                               .at = node == "db3" ? when : when + 4ms});
    };
    key("db1", 10, 50ms);
    key("", 20, 40'900ms);
    key("db2", 21, 41'250ms);
    made.record.canaries.push_back({.node = "db2", .accepted = false, .at = 100ms});
    made.record.canaries.push_back({.node = "db2",
                                    .accepted = true,
                                    .timeline = 2,
                                    .previous = 42'300ms,
                                    .asked = 42'400ms,
                                    .at = 42'410ms});
    auto const backend = [&](std::string server, std::string status, Offset when) {
        for (std::string const app : {"app1", "app2"})
            made.record.backends.push_back({.app = app,
                                            .backend = "postgres_write",
                                            .server = server,
                                            .status = status,
                                            .previous = when - 200ms,
                                            .asked = when - 4ms,
                                            .at = when});
    };
    backend("db1", "UP", 300ms);
    backend("db2", "DOWN", 300ms);
    backend("db1", "DOWN", 15s);
    backend("db2", "UP", 44'200ms);
    return made;
}

}  // namespace interregnum::test
