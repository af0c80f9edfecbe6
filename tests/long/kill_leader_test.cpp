// SPDX-License-Identifier: MIT
// The reported downtime against an independent client, five times in a row.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cluster/support/drill.h"
#include "tests/cluster/support/independent.h"

namespace interregnum::test {
namespace {

class KillLeaderFiveTimes : public testing::TestWithParam<int> {};

TEST_P(KillLeaderFiveTimes, AgreesWithAnIndependentClient) {
    expect_healthy();
    RunsFolder const runs;
    std::string const entry = GetParam() % 2 == 0 ? "app1" : "app2";
    IndependentClient client(entry == "app1" ? "10.99.0.21" : "10.99.0.22", 115);
    LocalResult const result = call({"run", "kill-leader", "--inventory", "lab", "--seed",
                                     std::to_string(GetParam()), "--out", runs.path()});
    EXPECT_EQ(result.exit_status, 0) << result.out << result.err;
    auto const summary = nlohmann::json::parse(read_file(runs.only_run() + "/summary.json"));
    double at_least = 0;
    double at_most = 0;
    for (auto const& path : summary.at("paths"))
        if (path.at("probe") == "orders" && path.at("entry") == entry + ":5000" &&
            path.at("connection") == "fresh")
            for (auto const& outage : path.at("outages"))
                if (outage.at("at_least_ns") > at_least) {
                    at_least = outage.at("at_least_ns");
                    at_most = outage.at("at_most_ns");
                }
    IndependentOutage const seen = client.finish();
    constexpr double own_period = 0.02e9;
    double const length = static_cast<double>(seen.length_ns);
    std::printf("%s: independent client %.3f s, reported %.3f to %.3f s\n", entry.c_str(),
                length / 1e9, at_least / 1e9, at_most / 1e9);
    EXPECT_GT(at_least, 20e9);
    EXPECT_LE(at_most - at_least, 0.1e9);
    EXPECT_GE(length, at_least - own_period);
    EXPECT_LE(length, at_most + own_period);
}

INSTANTIATE_TEST_SUITE_P(Seeds, KillLeaderFiveTimes, testing::Range(11, 16));

}  // namespace
}  // namespace interregnum::test
